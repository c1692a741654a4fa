// Frontends, backends and servers, as fetches see them.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace shunt::fetchers {

enum class TimeoutKind : std::uint8_t { client, server, connect, queue, tunnel, tarpit };

struct ServerFacts {
  std::string_view name = {};
  std::uint32_t number = 0;
  bool up = false;                                              // for a health check; drained ones are up
  std::uint32_t weight = 0, user_weight = 0, first_weight = 0;  // in use, wanted, of the file
  std::uint32_t connections = 0, queued = 0;
  std::uint32_t session_rate = 0;
  std::uint32_t max_connections = 0, max_queue = 0;  // 0: no limit
};

// Reads of frontends, backends and servers by dense id; ids come from resolved arguments or the context.
// Unknown ids answer with the defaults.
class ProxiesView {
 public:
  virtual ~ProxiesView() = default;
  [[nodiscard]] virtual std::uint32_t usable_servers(std::uint32_t /*backend*/) const { return 0; }
  [[nodiscard]] virtual std::uint32_t frontend_connections(std::uint32_t /*frontend*/) const { return 0; }
  [[nodiscard]] virtual std::uint32_t backend_connections(std::uint32_t /*backend*/) const { return 0; }
  [[nodiscard]] virtual std::uint32_t listener_connections(std::uint32_t /*listener*/) const { return 0; }
  [[nodiscard]] virtual std::uint32_t frontend_session_rate(std::uint32_t /*frontend*/) const { return 0; }
  [[nodiscard]] virtual std::uint32_t backend_session_rate(std::uint32_t /*backend*/) const { return 0; }
  [[nodiscard]] virtual std::uint32_t frontend_request_rate(std::uint32_t /*frontend*/) const { return 0; }
  [[nodiscard]] virtual std::uint32_t queued(std::uint32_t /*backend*/) const { return 0; }
  // Connections (and places in queues) that usable servers still take; -1 where one of them has no limit.
  [[nodiscard]] virtual std::int64_t free_connections(std::uint32_t /*backend*/) const { return -1; }
  [[nodiscard]] virtual std::int64_t free_slots(std::uint32_t /*backend*/) const { return -1; }
  [[nodiscard]] virtual ServerFacts server(std::uint32_t /*server*/) const { return {}; }

  // ---- by name: `#NUMBER` names a proxy by its number; nullopt: there is none
  [[nodiscard]] virtual std::optional<std::uint32_t> frontend_named(std::string_view) const {
    return std::nullopt;
  }
  [[nodiscard]] virtual std::optional<std::uint32_t> backend_named(std::string_view) const {
    return std::nullopt;
  }
  [[nodiscard]] virtual std::optional<std::uint32_t> server_named(std::uint32_t /*backend*/,
                                                                  std::string_view) const {
    return std::nullopt;
  }

  // ---- what the file says of a proxy
  [[nodiscard]] virtual std::string_view name(std::uint32_t /*proxy*/) const { return {}; }
  [[nodiscard]] virtual std::uint32_t number(std::uint32_t /*proxy*/) const { return 0; }
  [[nodiscard]] virtual std::string_view default_backend(std::uint32_t /*frontend*/) const { return {}; }
  // Milliseconds.
  [[nodiscard]] virtual std::optional<std::int64_t> timeout(std::uint32_t /*proxy*/, TimeoutKind) const {
    return std::nullopt;
  }
  [[nodiscard]] virtual std::uint32_t retries(std::uint32_t /*backend*/) const { return 0; }
};

}  // namespace shunt::fetchers
