// The narrow read-only views through which fetches see a connection; the runtime, `analysis` and tests
// implement them.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "fetchers/endpoint.hpp"
#include "fetchers/sample.hpp"

namespace shunt::fetchers {

class Variables;   // fetchers/variables.hpp
struct LogRecord;  // fetchers/log_record.hpp

// One side's connection as it is now. Every answer has a "not known" form, so a view implements only what it
// has.
class ConnectionView {
 public:
  virtual ~ConnectionView() = default;
  [[nodiscard]] virtual Endpoint source() const { return {}; }
  [[nodiscard]] virtual Endpoint destination() const { return {}; }
  // TLVs of the received PROXY v2 header, type + 16-bit length + value each, as they came.
  [[nodiscard]] virtual std::string_view proxy_tlvs() const { return {}; }
  [[nodiscard]] virtual bool received_proxy_header() const { return false; }
};

// What the TLS layer that *we* terminate (or start, towards a server) knows.
class TlsView {
 public:
  virtual ~TlsView() = default;
  [[nodiscard]] virtual bool active() const { return false; }
  [[nodiscard]] virtual std::optional<std::string_view> sni() const { return std::nullopt; }
  [[nodiscard]] virtual std::optional<std::string_view> alpn() const { return std::nullopt; }
  [[nodiscard]] virtual std::optional<std::string_view> protocol() const {
    return std::nullopt;
  }  // "TLSv1.3"
  [[nodiscard]] virtual std::optional<std::string_view> cipher() const { return std::nullopt; }
};

// What one direction has buffered. `complete`: no byte can follow (end of input, or the buffer is full).
struct BufferedBytes {
  std::string_view data = {};
  bool complete = false;
  bool available = false;  // false: this direction can't be read in this phase at all
};

// Reads of frontends, backends and servers by dense id; ids come from resolved arguments.
class ProxiesView {
 public:
  virtual ~ProxiesView() = default;
  [[nodiscard]] virtual std::uint32_t usable_servers(std::uint32_t backend) const = 0;
  [[nodiscard]] virtual std::uint32_t frontend_connections(std::uint32_t frontend) const = 0;
  [[nodiscard]] virtual std::uint32_t backend_connections(std::uint32_t backend) const = 0;
};

// All that one evaluation may read. Pointers are null where the phase does not have the thing.
struct Context {
  Scratch* scratch = nullptr;  // required
  const ConnectionView* client = nullptr;
  const TlsView* client_tls = nullptr;
  const ConnectionView* server = nullptr;
  const TlsView* server_tls = nullptr;
  BufferedBytes request = {};
  BufferedBytes response = {};
  const ProxiesView* proxies = nullptr;
  Variables* variables = nullptr;  // the only thing that a fetch or converter may write
  const LogRecord* log = nullptr;
  std::uint32_t frontend = 0;  // dense ids of the stream's frontend and backend
  std::uint32_t backend = 0;
  std::uint32_t buffer_size = 16384;  // tune.bufsize: a payload beyond it can never come
  std::chrono::system_clock::time_point date = {};
  std::uint32_t value_index = 0;               // which value of a fetch that can have several (ALPN names)
  bool final = true;  // nothing more is waited for: unknown becomes false
};

}  // namespace shunt::fetchers
