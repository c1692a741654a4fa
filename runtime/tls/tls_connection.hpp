// One TLS connection that this side accepted: OpenSSL over a BIO of our own, fed and drained in large pieces.
#pragma once
#include <memory>
#include <optional>
#include <string_view>

#include "fetchers/context.hpp"
#include "fetchers/tls_view.hpp"
#include "runtime/buffer.hpp"
#include "runtime/transport.hpp"

namespace shunt::runtime {

class TlsContext;

// What the TLS connections of one thread share.
struct TlsTools {
  TlsTools();
  static constexpr std::size_t cipher_buffer_size = 64U << 10;
  BufferPool buffers;
};

enum class HandshakeStatus : std::uint8_t { established, waiting, failed, closed };

// Does not own the descriptor. The view's answers live as long as the connection.
class TlsConnection final : public fetchers::TlsView {
 public:
  // null: out of memory.
  [[nodiscard]] static TlsConnection* accept(const TlsContext& context, int fd, TlsTools& tools);
  ~TlsConnection() override;
  TlsConnection(const TlsConnection&) = delete;
  TlsConnection& operator=(const TlsConnection&) = delete;

  // Bytes that were read before TLS began (behind a PROXY header).
  void prime(std::string_view bytes);
  // The socket may have bytes again; `hangup`: and its end of input is already there.
  void on_readable(bool hangup);
  [[nodiscard]] HandshakeStatus handshake();  // call when the socket is ready

  // As those of Transport.
  [[nodiscard]] IoResult read(char* to, std::size_t size);
  [[nodiscard]] IoResult write(std::string_view bytes);
  [[nodiscard]] bool has_unsent() const;
  [[nodiscard]] IoResult flush();
  [[nodiscard]] IoResult close_notify();

  [[nodiscard]] bool active() const override;
  [[nodiscard]] std::optional<std::string_view> sni() const override;
  [[nodiscard]] std::optional<std::string_view> alpn() const override;
  [[nodiscard]] std::optional<std::string_view> protocol() const override;
  [[nodiscard]] std::optional<std::string_view> cipher() const override;

 private:
  struct Io;
  TlsConnection() = default;
  [[nodiscard]] IoStatus after_failed_read(int done);

  std::unique_ptr<Io> io_;
};

void destroy(TlsConnection* connection);

}  // namespace shunt::runtime
