// Handing the slots of servers to sessions. Who calls these holds ProxyState::balancing of the backend.
#pragma once
#include "route/balance/balancer.hpp"
#include "route/state.hpp"

namespace shunt::route {

// A server of one generation with its state, as balancers and limits see it.
[[nodiscard]] BalancedServer balanced(State& state, const graph::Graph& graph, graph::ServerId id);

void take_slot(ServerState& server);
// hand_out_slots() is to follow.
void give_slot_back(ServerState& server);

// Joining a line of the backend (server: none) or of one of its servers, and leaving it.
void join_line(State& state, graph::ProxyId backend, graph::ServerId server, Waiting& waiting);
void leave_line(State& state, graph::ProxyId backend, graph::ServerId server, Waiting& waiting);

// Gives free slots of the server to those who wait longest, for it or for any server. How many they were.
std::uint32_t hand_out_slots(State& state, const graph::Graph& graph, graph::ServerId id);
// The server is gone: who waits for it has to choose again.
[[nodiscard]] std::uint32_t turn_away(State& state, const graph::Graph& graph, graph::ServerId id);

}  // namespace shunt::route
