// The next one in two lines: the server's own and the backend's.
#include "route/slots.hpp"

#include "route/balance/balancer.hpp"
#include "route/limits.hpp"

namespace shunt::route {
namespace {

std::uint32_t position(const graph::Graph& graph, graph::ServerId id) {
  return id - graph.proxies[graph.servers[id].backend].first_server;
}

void wake(Waiting& waiting) {
  if (waiting.thread != nullptr) waiting.thread->post(waiting);
}

// The lower class, then the earlier one; of equals the one that waits for this server.
Waiting* next_in(const WaitLine& own, const WaitLine& common) {
  Waiting* const first = own.first();
  Waiting* const other = common.first();
  if (first == nullptr || other == nullptr) return first != nullptr ? first : other;
  return other->rank < first->rank ? other : first;
}

}  // namespace

BalancedServer balanced(State& state, const graph::Graph& graph, graph::ServerId id) {
  const graph::Server& server = graph.servers[id];
  return {&server, &state.server(id), &graph.proxies[server.backend], &state.proxy(server.backend)};
}

void take_slot(State& state, const graph::Graph& graph, graph::ServerId id) {
  ServerState& server = state.server(id);
  server.served.fetch_add(1, std::memory_order_relaxed);
  server.total.fetch_add(1, std::memory_order_relaxed);
  state.proxy(graph.servers[id].backend).balancer->taken(position(graph, id));
}

void give_slot_back(State& state, const graph::Graph& graph, graph::ServerId id) {
  state.server(id).served.fetch_sub(1, std::memory_order_relaxed);
  state.proxy(graph.servers[id].backend).balancer->released(position(graph, id));
}

void join_line(State& state, graph::ProxyId backend, graph::ServerId server, Waiting& waiting) {
  ProxyState& proxy = state.proxy(backend);
  (server == graph::none ? proxy.line : state.server(server).line).join(waiting);
  (server == graph::none ? proxy.queued : state.server(server).queued)
      .fetch_add(1, std::memory_order_relaxed);
}

void leave_line(State& state, graph::ProxyId backend, graph::ServerId server, Waiting& waiting) {
  ProxyState& proxy = state.proxy(backend);
  waiting.line->leave(waiting);
  (server == graph::none ? proxy.queued : state.server(server).queued)
      .fetch_sub(1, std::memory_order_relaxed);
}

std::uint32_t hand_out_slots(State& state, const graph::Graph& graph, graph::ServerId id) {
  const graph::ProxyId backend = graph.servers[id].backend;
  ServerState& server = state.server(id);
  ProxyState& proxy = state.proxy(backend);
  const WaitLine none;
  std::uint32_t count = 0;
  while (!server.line.empty() || !proxy.line.empty()) {
    if (server.served.load(std::memory_order_relaxed) >= dynamic_limit(balanced(state, graph, id))) break;
    Waiting* const waiting = next_in(server.line, server.usable() ? proxy.line : none);
    if (waiting == nullptr) break;
    leave_line(state, backend, waiting->line == &server.line ? id : graph::none, *waiting);
    waiting->granted = id;
    take_slot(state, graph, id);
    wake(*waiting);
    ++count;
  }
  return count;
}

std::uint32_t turn_away(State& state, const graph::Graph& graph, graph::ServerId id) {
  std::uint32_t count = 0;
  for (; Waiting* const waiting = state.server(id).line.first(); ++count) {
    leave_line(state, graph.servers[id].backend, id, *waiting);
    waiting->turned_away = true;
    wake(*waiting);
  }
  return count;
}

}  // namespace shunt::route
