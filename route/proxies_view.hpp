// What fetches may know of proxies and servers, answered from the shared state.
#pragma once
#include "fetchers/context.hpp"
#include "fetchers/proxies_view.hpp"
#include "route/state.hpp"

namespace shunt::route {

// `graph` and `state` must outlive the view. Ids outside the graph answer 0.
class StateProxiesView final : public fetchers::ProxiesView {
 public:
  StateProxiesView(const graph::Graph& graph, const State& state) : graph_(graph), state_(state) {}

  [[nodiscard]] std::uint32_t usable_servers(std::uint32_t backend) const override;
  [[nodiscard]] std::uint32_t frontend_connections(std::uint32_t frontend) const override;
  [[nodiscard]] std::uint32_t backend_connections(std::uint32_t backend) const override;

 private:
  const graph::Graph& graph_;
  const State& state_;
};

}  // namespace shunt::route
