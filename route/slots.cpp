// The next one in two lines: the server's own and the backend's.
#include "route/slots.hpp"

#include <algorithm>

#include "route/balance/balancer.hpp"
#include "route/limits.hpp"

namespace shunt::route {
namespace {

void wake(Waiting& waiting) {
  if (waiting.thread != nullptr) waiting.thread->post(waiting);
}

// Which id the server has for that session; none: its generation doesn't know the server.
graph::ServerId id_for(const ServerState& server, const Waiting& waiting) {
  const auto seat = std::ranges::find(server.seats, waiting.generation,
                                      [](const Seat& each) -> const State* { return each.generation; });
  return seat != server.seats.end() ? seat->id : graph::none;
}

// The lower class, then the earlier one; of equals the one that waits for this server.
Waiting* next_in(const ServerState& server, const WaitLine& common) {
  Waiting* const first = server.line.first();
  Waiting* const other =
      common.first_that([&](const Waiting& waiting) { return id_for(server, waiting) != graph::none; });
  if (first == nullptr || other == nullptr) return first != nullptr ? first : other;
  return other->rank < first->rank ? other : first;
}

}  // namespace

BalancedServer balanced(State& state, const graph::Graph& graph, graph::ServerId id) {
  const graph::Server& server = graph.servers[id];
  return {&server, &state.server(id), &graph.proxies[server.backend], &state.proxy(server.backend)};
}

void take_slot(ServerState& server) {
  server.served.fetch_add(1, std::memory_order_relaxed);
  server.total.fetch_add(1, std::memory_order_relaxed);
  for (const Seat& seat : server.seats) seat.balancer->taken(seat.position);
}

void give_slot_back(ServerState& server) {
  server.served.fetch_sub(1, std::memory_order_relaxed);
  for (const Seat& seat : server.seats) seat.balancer->released(seat.position);
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

// The newest generation's limits count, whichever session gave the slot back.
std::uint32_t hand_out_slots(State& state, const graph::Graph& graph, graph::ServerId id) {
  const graph::ProxyId backend = graph.servers[id].backend;
  ServerState& server = state.server(id);
  ProxyState& proxy = state.proxy(backend);
  if (server.seats.empty() || (server.line.empty() && proxy.line.empty())) return 0;
  const Seat newest = server.seats.back();
  const BalancedServer limited = balanced(*newest.generation, newest.generation->graph(), newest.id);
  const WaitLine none;
  std::uint32_t count = 0;
  while (!server.line.empty() || !proxy.line.empty()) {
    if (server.served.load(std::memory_order_relaxed) >= dynamic_limit(limited)) break;
    Waiting* const waiting = next_in(server, server.usable() ? proxy.line : none);
    if (waiting == nullptr) break;
    waiting->granted = id_for(server, *waiting);
    leave_line(state, backend, waiting->line == &server.line ? id : graph::none, *waiting);
    take_slot(server);
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
