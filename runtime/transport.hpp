// One connected socket as the relay sees it: plain, or with TLS on top. Non-blocking; nothing here waits.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace shunt::runtime {

class TlsConnection;  // runtime/tls/tls_connection.hpp

enum class IoStatus : std::uint8_t {
  ok,       // `bytes` were moved, the call may be repeated
  drained,  // `bytes` (possibly 0) were moved and no more can be now: wait for readiness
  ended,    // reading: `bytes` were moved, and then comes the end of input
  failed    // `error` is the errno; the connection is dead
};

struct IoResult {
  std::size_t bytes = 0;
  IoStatus status = IoStatus::ok;
  int error = 0;
};

// Owns its descriptor and its TLS state.
class Transport {
 public:
  Transport() = default;
  explicit Transport(int fd) : fd_(fd) {}
  Transport(Transport&& other) noexcept : tls_(other.tls_), fd_(other.fd_) {
    other.tls_ = nullptr, other.fd_ = -1;
  }
  Transport& operator=(Transport&& other) noexcept;
  ~Transport() { close(); }

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] bool open() const { return fd_ >= 0; }
  [[nodiscard]] TlsConnection* tls() const { return tls_; }
  void set_tls(TlsConnection* owned) { tls_ = owned; }

  [[nodiscard]] IoResult read(char* to, std::size_t size);
  // `drained`: not all bytes were taken, or (TLS) some are still on the way: wait for writability, then
  // flush() or write().
  [[nodiscard]] IoResult write(std::string_view bytes);
  [[nodiscard]] bool has_unsent() const;  // TLS records that the socket did not take yet
  [[nodiscard]] IoResult flush();
  [[nodiscard]] IoResult shutdown_write();  // drained: call again when writable

  // The error that the kernel keeps for the socket (and clears by this); 0 without one.
  [[nodiscard]] int take_error() const;
  // The next close() sends RST instead of FIN.
  void reset_on_close();
  // The next close() tells the peer nothing, or, where the kernel doesn't allow that, resets it with a TTL
  // that ends on the way. With `ttl` the reset is what is wanted.
  void vanish_on_close(std::optional<std::uint8_t> ttl);
  void close();

 private:
  TlsConnection* tls_ = nullptr;
  int fd_ = -1;
};

}  // namespace shunt::runtime
