// Reads of the shared state for fetches.
#include "route/proxies_view.hpp"

namespace shunt::route {

std::uint32_t StateProxiesView::usable_servers(std::uint32_t backend) const {
  return backend < graph_.proxies.size() ? state_.usable_servers(graph_, backend) : 0;
}

std::uint32_t StateProxiesView::frontend_connections(std::uint32_t frontend) const {
  return frontend < graph_.proxies.size()
             ? state_.proxy(frontend).frontend_connections.load(std::memory_order_relaxed)
             : 0;
}

std::uint32_t StateProxiesView::backend_connections(std::uint32_t backend) const {
  return backend < graph_.proxies.size()
             ? state_.proxy(backend).backend_connections.load(std::memory_order_relaxed)
             : 0;
}

}  // namespace shunt::route
