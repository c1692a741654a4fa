// One connected socket as the relay sees it: plain, or with TLS on top. Non-blocking; nothing here waits.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "runtime/wire.hpp"

namespace shunt::runtime {

class Engine;  // runtime/engine.hpp
class Handler;
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

// Owns what carries it and its TLS state.
class Transport {
 public:
  Transport() = default;
  explicit Transport(Wire wire) : wire_(wire) {}
  explicit Transport(int fd) : wire_{.fd = fd} {}
  Transport(Transport&& other) noexcept
      : tls_(std::exchange(other.tls_, nullptr)), wire_(std::exchange(other.wire_, {})) {}
  Transport& operator=(Transport&& other) noexcept;
  ~Transport() { close(); }

  [[nodiscard]] int fd() const { return wire_.fd; }  // -1: there is none
  [[nodiscard]] bool inside() const { return wire_.memory != nullptr; }
  [[nodiscard]] const Wire& wire() const { return wire_; }
  [[nodiscard]] bool open() const { return wire_.open(); }
  [[nodiscard]] TlsConnection* tls() const { return tls_; }
  void set_tls(TlsConnection* owned) { tls_ = owned; }

  [[nodiscard]] IoResult read(char* to, std::size_t size);
  // `drained`: not all bytes were taken, or (TLS) some are still on the way: wait for writability, then
  // flush() or write().
  [[nodiscard]] IoResult write(std::string_view bytes);
  [[nodiscard]] bool has_unsent() const;  // TLS records that the socket did not take yet
  [[nodiscard]] IoResult flush();
  [[nodiscard]] IoResult shutdown_write();  // drained: call again when writable

  // The first time, and with other events. False: the kernel refused (errno).
  bool watch(Engine& engine, Handler& handler, unsigned side, std::uint32_t events) const;
  bool watch_for(Engine& engine, Handler& handler, unsigned side, std::uint32_t events) const;

  // The error that the kernel keeps for the socket (and clears by this); 0 without one.
  [[nodiscard]] int take_error() const;
  // The next close() sends RST instead of FIN.
  void reset_on_close();
  // The same for who closes without reading: the bytes were read, but nobody was to see them.
  void leave_unread();
  // The next close() tells the peer nothing, or, where the kernel doesn't allow that, resets it with a TTL
  // that ends on the way. With `ttl` the reset is what is wanted.
  void vanish_on_close(std::optional<std::uint8_t> ttl);
  void close();

 private:
  TlsConnection* tls_ = nullptr;
  Wire wire_ = {};
};

}  // namespace shunt::runtime
