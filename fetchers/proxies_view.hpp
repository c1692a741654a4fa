// Frontends, backends and servers, as fetches see them.
#pragma once
#include <cstdint>

namespace shunt::fetchers {

// Reads of frontends, backends and servers by dense id; ids come from resolved arguments.
class ProxiesView {
 public:
  virtual ~ProxiesView() = default;
  [[nodiscard]] virtual std::uint32_t usable_servers(std::uint32_t backend) const = 0;
  [[nodiscard]] virtual std::uint32_t frontend_connections(std::uint32_t frontend) const = 0;
  [[nodiscard]] virtual std::uint32_t backend_connections(std::uint32_t backend) const = 0;
};

}  // namespace shunt::fetchers
