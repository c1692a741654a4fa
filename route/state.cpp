// Making and updating the shared state of proxies and servers.
#include "route/state.hpp"

#include <algorithm>

#include "route/balance/balancer.hpp"
#include "route/balance/group.hpp"
#include "route/slots.hpp"

namespace shunt::route {
namespace {

std::shared_ptr<ServerState> make_server(const graph::Server& server) {
  auto state = std::make_shared<ServerState>();
  state->weight = server.weight;
  state->maintenance = server.disabled;
  state->up =
      server.init_state != graph::InitState::down && server.init_state != graph::InitState::fully_down;
  return state;
}

}  // namespace

ProxyState::ProxyState() = default;
ProxyState::~ProxyState() = default;

State::State(const graph::Graph& graph)
    : variables(graph.global.tune.variables), listeners_(graph.listeners.size()) {
  for (const graph::Server& server : graph.servers) servers_.push_back(make_server(server));
  for (const graph::Proxy& proxy : graph.proxies) {
    auto state = std::make_shared<ProxyState>();
    std::vector<BalancedServer> servers;
    for (std::uint32_t id = proxy.first_server; id < proxy.first_server + proxy.server_count; ++id)
      servers.push_back({&graph.servers[id], servers_[id].get(), &proxy, state.get()});
    if (!servers.empty())
      state->balancer = make_balancer(proxy.balance, proxy.options.allbackups, std::move(servers));
    proxies_.push_back(std::move(state));
  }
}

State::~State() = default;

std::uint32_t State::server_changed(const graph::Graph& graph, graph::ServerId id) {
  const graph::ProxyId backend = graph.servers[id].backend;
  ProxyState& state = proxy(backend);
  const std::lock_guard lock(state.balancing);
  if (!state.balancer) return 0;
  state.balancer->changed(id - graph.proxies[backend].first_server);
  if (server(id).usable()) return hand_out_slots(*this, graph, id);
  return graph.proxies[backend].options.redispatch ? turn_away(*this, graph, id) : 0;
}

std::uint32_t State::count_usable(const graph::Graph& graph, graph::ProxyId backend, bool backup) const {
  const graph::Proxy& proxy = graph.proxies[backend];
  std::uint32_t count = 0;
  for (std::uint32_t id = proxy.first_server; id < proxy.first_server + proxy.server_count; ++id)
    if (graph.servers[id].backup == backup && server(id).usable()) ++count;
  return count;
}

std::uint32_t State::usable_servers(const graph::Graph& graph, graph::ProxyId backend) const {
  const std::uint32_t active = count_usable(graph, backend, false);
  if (active != 0) return active;
  const std::uint32_t backups = count_usable(graph, backend, true);
  return graph.proxies[backend].options.allbackups ? backups : std::min(backups, 1u);
}

}  // namespace shunt::route
