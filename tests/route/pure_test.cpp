// The pure functions of the machine: idle limits, retry plans, connection targets; and the shared state.
#include <gtest/gtest.h>

#include "fetchers/proxies_view.hpp"
#include "fleet.hpp"
#include "route/idle_limits.hpp"
#include "route/proxies_view.hpp"
#include "route/retry.hpp"
#include "route/session.hpp"
#include "route/target.hpp"

namespace shunt::route {
namespace {

using Limit = std::optional<graph::Milliseconds>;
constexpr graph::Milliseconds ms(int value) { return graph::Milliseconds(value); }

// Both sides have been silent since 0 ms; the time at which each is given up, or nothing.
struct IdleCase {
  std::string name;
  graph::Timeouts timeouts;  // of frontend and backend
  SideFacts client, server;
  Limit client_due, server_due;
};
class Idle : public testing::TestWithParam<IdleCase> {};

TEST_P(Idle, HasTheMeasuredLimits) {
  const IdleCase& row = GetParam();
  const auto since = [](const std::optional<Time>& due) {
    return due ? Limit(std::chrono::duration_cast<graph::Milliseconds>(due->time_since_epoch())) : Limit{};
  };
  const IdleDue found = idle_due(row.timeouts, row.timeouts, {}, row.client, row.server);
  EXPECT_EQ(since(found.client), row.client_due);
  EXPECT_EQ(since(found.server), row.server_due);
}

TEST(Idle, CountsEachSideFromItsOwnBegin) {
  graph::Timeouts timeouts;
  timeouts.client = timeouts.server = ms(100);
  const Time start{};
  const IdleDue found = idle_due(timeouts, timeouts, {{start + ms(10)}, {start + ms(50)}}, {}, {});
  EXPECT_EQ(found.client, start + ms(110));
  EXPECT_EQ(found.server, start + ms(150));
}

TEST(Idle, WhatASideIsToldExcusesItUnlessItIsIndependent) {
  graph::Timeouts timeouts;
  timeouts.client = ms(100);
  const auto due = [&](const IdleClock& clock, SideFacts client) {
    return idle_due(timeouts, timeouts, {.client = clock}, client, {}).client;
  };
  const Time start{};
  IdleClock usual, own;
  usual.note_told(start + ms(50), false);
  own.note_told(start + ms(50), true);
  EXPECT_EQ(due(usual, {}), start + ms(150));
  EXPECT_EQ(due(own, {}), start + ms(100));
  EXPECT_EQ(due(own, {.owed = true}), start + ms(150)) << "it does read";
  own.note_heard(start + ms(70), true);
  EXPECT_EQ(due(own, {}), start + ms(170));
  EXPECT_EQ(due(own, {.owed = true}), start + ms(150)) << "what it says is no excuse for not reading";
}

graph::Timeouts two(graph::Milliseconds client, graph::Milliseconds server) {
  graph::Timeouts made;
  made.client = client, made.server = server;
  return made;
}
const graph::Timeouts plain = two(ms(1200), ms(1300));
graph::Timeouts with(Limit graph::Timeouts::* member, Limit value, graph::Timeouts base = plain) {
  base.*member = value;
  return base;
}
constexpr auto client_fin = &graph::Timeouts::client_fin;
constexpr auto server_fin = &graph::Timeouts::server_fin;
constexpr auto tunnel = &graph::Timeouts::tunnel;
constexpr SideFacts open{}, ended{.ended = true}, owed{.owed = true}, ended_owed{.ended = true, .owed = true};
constexpr std::nullopt_t never = std::nullopt;

INSTANTIATE_TEST_SUITE_P(
    Vector8a, Idle,
    testing::Values(
        IdleCase{"both_open", plain, open, open, ms(1200), ms(1300)},
        IdleCase{"only_server_limit", with(&graph::Timeouts::client, never), open, open, never, ms(1300)},
        IdleCase{"no_limits", {}, open, open, never, never},
        IdleCase{"tunnel_replaces_both", with(tunnel, ms(400)), open, open, ms(400), ms(400)},
        IdleCase{"fin_limits_wait_for_a_fin", with(client_fin, ms(1), with(server_fin, ms(2))), open, open,
                 ms(1200), ms(1300)},
        IdleCase{"client_ended", plain, ended, open, never, ms(1300)},
        IdleCase{"client_ended_server_fin", with(server_fin, ms(400)), ended, open, never, ms(400)},
        IdleCase{"client_ended_client_fin", with(client_fin, ms(400)), ended, open, never, ms(1300)},
        IdleCase{"client_ended_tunnel", with(tunnel, ms(3000)), ended, open, never, ms(3000)},
        IdleCase{"client_ended_all",
                 with(tunnel, ms(5000), with(client_fin, ms(300), with(server_fin, ms(600)))), ended, open,
                 never, ms(600)},
        IdleCase{"server_ended", plain, open, ended, ms(1200), never},
        IdleCase{"server_ended_client_fin", with(client_fin, ms(400)), open, ended, ms(400), never},
        IdleCase{"server_ended_server_fin", with(server_fin, ms(400)), open, ended, ms(1200), never},
        IdleCase{"server_does_not_read", plain, open, owed, never, ms(1300)},
        IdleCase{"client_does_not_read", plain, owed, open, ms(1200), never},
        IdleCase{"nobody_reads", plain, owed, owed, ms(1200), ms(1300)},
        IdleCase{"ended_client_does_not_read", plain, ended_owed, open, ms(1200), never},
        IdleCase{"ended_server_does_not_read", plain, open, ended_owed, never, ms(1300)}),
    [](const testing::TestParamInfo<IdleCase>& row) { return row.param.name; });

// A whole run of failures: which retries wait ("w"), make a new choice ("r"), or just try again (".").
std::string run_of(RetryFacts facts) {
  std::string text;
  for (;; ++facts.done) {
    const RetryPlan plan = plan_retry(facts);
    if (plan.give_up) return text;
    text += plan.wait ? (plan.redispatch ? "W" : "w") : (plan.redispatch ? "r" : ".");
  }
}

TEST(Retry, FollowsVector4d) {
  EXPECT_EQ(run_of({}), "www");
  EXPECT_EQ(run_of({.failure = AttemptFailure::timed_out, .allowed = 2}), "..");
  EXPECT_EQ(run_of({.failure = AttemptFailure::impossible, .allowed = 2}), "..");
  EXPECT_EQ(run_of({.redispatch = true, .active_servers = 2}), "rrr");
  EXPECT_EQ(run_of({.redispatch = true, .active_servers = 2, .hash = true}), "wwr");
  EXPECT_EQ(run_of({.allowed = 6, .redispatch = true, .interval = 2, .active_servers = 2, .hash = true}),
            "wrwrwr");
  EXPECT_EQ(run_of({.allowed = 4, .redispatch = true, .interval = -2, .active_servers = 3}), "rrrr");
  EXPECT_EQ(
      run_of({.allowed = 4, .redispatch = true, .interval = -2, .active_servers = 3, .persistent = true}),
      "wwrw");
  EXPECT_EQ(run_of({.redispatch = true, .active_servers = 1}), "wwW");
  EXPECT_EQ(run_of({.redispatch = true, .server_up = false, .active_servers = 2, .hash = true}), "rrr");
  EXPECT_EQ(run_of({.allowed = 0}), "");
  EXPECT_EQ(run_of({.allowed = 1, .redispatch = true, .interval = 0, .active_servers = 2, .hash = true}),
            "w");
}

struct IntervalCase {
  std::int32_t interval;
  std::uint32_t allowed;
  std::string run;
};
class RedispatchInterval : public testing::TestWithParam<IntervalCase> {};

TEST_P(RedispatchInterval, ChoosesTheRetries) {
  const IntervalCase& row = GetParam();
  EXPECT_EQ(run_of({.allowed = row.allowed,
                    .redispatch = true,
                    .interval = row.interval,
                    .active_servers = 3,
                    .hash = true}),
            row.run);
}

INSTANTIATE_TEST_SUITE_P(
    Measured, RedispatchInterval,
    testing::Values(IntervalCase{-1, 3, "wwr"}, IntervalCase{-1, 6, "wwwwwr"}, IntervalCase{1, 3, "rrr"},
                    IntervalCase{2, 3, "wrw"}, IntervalCase{3, 6, "wwrwwr"}, IntervalCase{4, 3, "www"},
                    IntervalCase{0, 6, "wwwwww"}, IntervalCase{-2, 3, "wrw"}, IntervalCase{-2, 6, "wwwwrw"},
                    IntervalCase{-3, 3, "rrr"}, IntervalCase{-3, 6, "wwwrww"}, IntervalCase{-3, 1, "r"},
                    IntervalCase{-5, 3, "rrr"}, IntervalCase{-5, 6, "wrwrwr"}, IntervalCase{-6, 3, "wrw"},
                    IntervalCase{-9, 3, "www"}, IntervalCase{-9, 6, "wrwrwr"},
                    // HAProxy divides by zero here.
                    IntervalCase{-4, 3, "www"}));

struct TargetCase {
  std::string name;
  parser::Address address;
  std::string ip;
  std::string target;
  std::uint16_t port;
};
class Target : public testing::TestWithParam<TargetCase> {};

// Of a server that is where its line says.
fetchers::Endpoint target_of(const graph::Server& server, const fetchers::Endpoint& client_destination) {
  return connect_target(server, nullptr, server.endpoint, client_destination);
}

// The client aimed at 127.0.0.5, port 27151.
TEST_P(Target, FillsOpenPartsFromTheClientsDestination) {
  graph::Server server;
  server.address = GetParam().address;
  server.endpoint = endpoint(GetParam().ip, GetParam().address.port);
  EXPECT_EQ(target_of(server, endpoint("127.0.0.5", 27151)), endpoint(GetParam().target, GetParam().port));
}

using parser::PortKind;
INSTANTIATE_TEST_SUITE_P(
    Measured, Target,
    testing::Values(
        TargetCase{"fixed", {.port_kind = PortKind::absolute, .port = 80}, "10.0.0.1", "10.0.0.1", 80},
        TargetCase{"no_port", {.port_kind = PortKind::absent}, "10.0.0.1", "10.0.0.1", 27151},
        TargetCase{"port_0", {.port_kind = PortKind::absolute, .port = 0}, "10.0.0.1", "10.0.0.1", 27151},
        TargetCase{"star", {.any = true, .port_kind = PortKind::absolute, .port = 80}, "", "127.0.0.5", 80},
        TargetCase{"zeros",
                   {.any = true, .port_kind = PortKind::absolute, .port = 0},
                   "0.0.0.0",
                   "127.0.0.5",
                   27151},
        TargetCase{"plus", {.port_kind = PortKind::plus, .port = 1}, "10.0.0.1", "10.0.0.1", 27152},
        TargetCase{"minus", {.any = true, .port_kind = PortKind::minus, .port = 1}, "", "127.0.0.5", 27150},
        TargetCase{"wraps", {.port_kind = PortKind::plus, .port = 40000}, "10.0.0.1", "10.0.0.1", 1615},
        TargetCase{
            "ipv6", {.port_kind = PortKind::absolute, .port = 443}, "2001:db8::1", "2001:db8::1", 443}),
    [](const testing::TestParamInfo<TargetCase>& row) { return row.param.name; });

TEST(TargetOfALocalSocket, HasNoAddress) {
  graph::Server server;
  server.address = {.family = parser::AddressFamily::abstract_socket, .host = "inner"};
  EXPECT_EQ(target_of(server, endpoint("127.0.0.5", 27151)).family, fetchers::Family::unix_socket);
}

TEST(TargetOfAUnixClient, IsThisMachine) {
  graph::Server server;
  server.address = {.any = true, .port_kind = PortKind::absolute, .port = 80};
  EXPECT_EQ(target_of(server, {.family = fetchers::Family::unix_socket}), endpoint("0.0.0.0", 80));
}

graph::Graph small_graph() {
  graph::Graph graph = empty_graph();
  graph::Proxy& proxy = graph.proxies.emplace_back();
  proxy.is_backend = true;
  proxy.server_count = 4;
  for (std::uint32_t i = 0; i < 4; ++i) {
    graph::Server& server = graph.servers.emplace_back();
    server.id = i;
    server.number = i + 1;
    server.weight = i;
    server.disabled = i == 1;
    server.backup = i == 3;
  }
  return graph;
}

// Weight 0, disabled, usable, backup.
TEST(State, StartsAsTheLinesSay) {
  const graph::Graph graph = small_graph();
  State state(graph);
  EXPECT_FALSE(state.server(0).usable());
  EXPECT_FALSE(state.server(1).usable());
  EXPECT_TRUE(state.server(2).usable());
  EXPECT_EQ(state.server(2).weight, 2u);
  EXPECT_EQ(state.usable_servers(graph, 0), 1u);
}

TEST(State, CountsTheGroupInUse) {
  graph::Graph graph = small_graph();
  graph.servers[1].backup = true;
  State state(graph);
  const StateProxiesView view(graph, state);
  EXPECT_EQ(view.usable_servers(0), 1u);
  state.server(1).maintenance = false;
  state.server(2).up = false;
  EXPECT_EQ(view.usable_servers(0), 1u);
  graph.proxies[0].options.allbackups = true;
  EXPECT_EQ(view.usable_servers(0), 2u);
  state.server(1).draining = true;
  EXPECT_EQ(view.usable_servers(0), 1u);
  EXPECT_EQ(view.usable_servers(77), 0u);
}

TEST(State, TellsTheBalancer) {
  const graph::Graph graph = small_graph();
  State state(graph);
  EXPECT_EQ(state.balancer(0)->pick({}, Balancer::nobody), 2u);
  state.server(2).up = false;
  state.server_changed(graph, 2);
  EXPECT_EQ(state.balancer(0)->pick({}, Balancer::nobody), 3u);
  state.server(1).maintenance = false;
  state.server_changed(graph, 1);
  EXPECT_EQ(state.balancer(0)->pick({}, Balancer::nobody), 1u);
}

}  // namespace
}  // namespace shunt::route
