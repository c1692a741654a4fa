// How many servers of a backend can be used now, counted as HAProxy's messages count them.
#pragma once
#include "graph/graph.hpp"
#include "route/state.hpp"

namespace shunt::runtime {

struct ServerCount {
  std::uint32_t active = 0, backup = 0;
};

[[nodiscard]] inline ServerCount count_servers(const graph::Graph& graph, const route::State& state,
                                               graph::ProxyId backend) {
  const graph::Proxy& proxy = graph.proxies[backend];
  ServerCount count;
  for (std::uint32_t i = 0; i < proxy.server_count; ++i) {
    const graph::ServerId id = proxy.first_server + i;
    if (state.server(id).usable()) ++(graph.servers[id].backup ? count.backup : count.active);
  }
  return count;
}

}  // namespace shunt::runtime
