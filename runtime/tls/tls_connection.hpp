// One TLS connection, accepted from a client or made to a server: OpenSSL over a BIO of our own, fed and
// drained in large pieces.
#pragma once
#include <memory>
#include <optional>
#include <string_view>

#include "fetchers/context.hpp"
#include "fetchers/tls_view.hpp"
#include "runtime/buffer.hpp"
#include "runtime/tls/stapled_answers.hpp"
#include "runtime/transport.hpp"

using SSL_CTX = struct ssl_ctx_st;  // OpenSSL's

namespace shunt::runtime {

class OutgoingTls;
class TlsContext;

// What the TLS connections of one thread share.
struct TlsTools {
  TlsTools();
  static constexpr std::size_t cipher_buffer_size = 64U << 10;
  BufferPool buffers;
  StapledAnswers stapled = {};
  std::uint32_t thread = 0xffffffff;  // whose sessions with servers are used; that number: nobody's
};

// How a connection to a server begins.
struct TlsGreeting {
  std::string_view server_name = {};  // sent, and then expected in the certificate; empty: none
  std::string_view protocols = {};    // instead of those of the context
  std::string_view before = {};       // sent in the clear ahead of the handshake
};

enum class HandshakeStatus : std::uint8_t { established, waiting, failed, closed };

// Does not own the descriptor. The view's answers live as long as the connection.
class TlsConnection final : public fetchers::TlsView {
 public:
  // null: out of memory.
  [[nodiscard]] static TlsConnection* accept(const TlsContext& context, const Wire& wire, TlsTools& tools);
  [[nodiscard]] static TlsConnection* connect(const OutgoingTls& context, const TlsGreeting& greeting,
                                              const Wire& wire, TlsTools& tools);
  ~TlsConnection() override;
  TlsConnection(const TlsConnection&) = delete;
  TlsConnection& operator=(const TlsConnection&) = delete;

  // Bytes that were read before TLS began (behind a PROXY header).
  void prime(std::string_view bytes);
  // The socket may have bytes again; `hangup`: and its end of input is already there.
  void on_readable(bool hangup);
  [[nodiscard]] HandshakeStatus handshake();  // call when the socket is ready

  [[nodiscard]] std::string_view failure() const;  // of the handshake, in HAProxy's words
  [[nodiscard]] bool spoke() const;                // the socket has taken at least one byte
  [[nodiscard]] int socket_error() const;          // errno; 0: none

  // As those of Transport.
  [[nodiscard]] IoResult read(char* to, std::size_t size);
  [[nodiscard]] IoResult write(std::string_view bytes);
  [[nodiscard]] bool has_unsent() const;
  [[nodiscard]] IoResult flush();
  [[nodiscard]] IoResult close_notify();

  // tls_answers.cpp
  [[nodiscard]] bool active() const override;
  [[nodiscard]] bool established() const override;
  [[nodiscard]] Text sni() const override;
  [[nodiscard]] Text alpn() const override;
  [[nodiscard]] Text protocol() const override;
  [[nodiscard]] Text cipher() const override;
  [[nodiscard]] Text curve() const override;
  [[nodiscard]] Text certificate_name() const override;
  [[nodiscard]] std::int64_t algorithm_bits() const override;
  [[nodiscard]] std::int64_t used_bits() const override;
  [[nodiscard]] bool resumed() const override;
  [[nodiscard]] Text session_id() const override;
  [[nodiscard]] Text session_key(fetchers::Scratch& scratch) const override;
  [[nodiscard]] Text client_random(fetchers::Scratch& scratch) const override;
  [[nodiscard]] Text server_random(fetchers::Scratch& scratch) const override;
  [[nodiscard]] Text unique_id(fetchers::Scratch& scratch) const override;
  [[nodiscard]] Text secret(fetchers::TlsSecret which) const override;
  [[nodiscard]] const fetchers::CapturedHello* captured_hello() const override;
  [[nodiscard]] std::string_view suite_name(std::uint16_t number) const override;
  [[nodiscard]] bool peer_showed_certificate() const override;
  [[nodiscard]] std::int64_t verify_result() const override;
  [[nodiscard]] fetchers::VerifyFaults verify_faults() const override;
  [[nodiscard]] std::uint64_t error() const override;
  [[nodiscard]] std::string_view own_certificate(fetchers::Scratch& scratch) const override;
  [[nodiscard]] std::string_view peer_certificate(fetchers::Scratch& scratch) const override;
  [[nodiscard]] std::string_view peer_chain(fetchers::Scratch& scratch) const override;
  [[nodiscard]] std::string_view peer_root(fetchers::Scratch& scratch) const override;

 private:
  struct Io;
  TlsConnection() = default;
  [[nodiscard]] static std::unique_ptr<TlsConnection> make(SSL_CTX* context, const Wire& wire,
                                                           TlsTools& tools);
  [[nodiscard]] bool greet(const OutgoingTls& context, const TlsGreeting& greeting);
  [[nodiscard]] IoStatus after_failed_read(int done);

  std::unique_ptr<Io> io_;
};

void destroy(TlsConnection* connection);

}  // namespace shunt::runtime
