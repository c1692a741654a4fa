// The pure functions of the machine: idle limits, retry plans, connection targets; and the shared state.
#include <gtest/gtest.h>

#include "fleet.hpp"
#include "route/proxies_view.hpp"
#include "route/retry.hpp"
#include "route/session.hpp"
#include "route/target.hpp"

namespace shunt::route {
namespace {

using Limit = std::optional<graph::Milliseconds>;
constexpr graph::Milliseconds ms(int value) { return graph::Milliseconds(value); }

struct IdleCase {
  std::string name;
  graph::Timeouts timeouts;  // of frontend and backend
  bool client_ended, server_ended;
  Limit limit;
  EndCause cause;
};
class Idle : public testing::TestWithParam<IdleCase> {};

TEST_P(Idle, HasTheMeasuredLimit) {
  const IdleCase& expected = GetParam();
  const IdleLimit found =
      idle_limit(expected.timeouts, expected.timeouts, expected.client_ended, expected.server_ended);
  EXPECT_EQ(found.limit, expected.limit);
  EXPECT_TRUE(!found.limit || found.cause == expected.cause);
}

graph::Timeouts both_sides(graph::Milliseconds limit) {
  graph::Timeouts made;
  made.client = made.server = limit;
  return made;
}
const graph::Timeouts plain = both_sides(ms(1200));
graph::Timeouts with(Limit graph::Timeouts::* member, Limit value, graph::Timeouts base = plain) {
  base.*member = value;
  return base;
}
constexpr auto client_fin = &graph::Timeouts::client_fin;
constexpr auto server_fin = &graph::Timeouts::server_fin;
constexpr auto tunnel = &graph::Timeouts::tunnel;
const auto c = EndCause::client_timeout;
const auto s = EndCause::server_timeout;

INSTANTIATE_TEST_SUITE_P(
    Vector8a, Idle,
    testing::Values(
        IdleCase{"fin_silent_server", plain, true, false, ms(1200), s},
        IdleCase{"fin_server_fin", with(server_fin, ms(400)), true, false, ms(400), s},
        IdleCase{"fin_tunnel", with(tunnel, ms(3000), with(&graph::Timeouts::server, ms(500))), true, false,
                 ms(3000), s},
        IdleCase{"fin_client_fin", with(client_fin, ms(400)), true, false, ms(1200), s},
        IdleCase{"fin_all_three",
                 with(tunnel, ms(5000), with(client_fin, ms(300), with(server_fin, ms(600)))), true, false,
                 ms(600), s},
        IdleCase{"server_fin_silent_client", plain, false, true, ms(1200), c},
        IdleCase{"server_ended_client_fin", with(client_fin, ms(400)), false, true, ms(400), c},
        IdleCase{"server_ended_server_fin", with(server_fin, ms(400)), false, true, ms(1200), c},
        IdleCase{"server_ended_tunnel", with(tunnel, ms(2000)), false, true, ms(2000), c},
        IdleCase{"both_idle", plain, false, false, ms(1200), c},
        IdleCase{"tunnel_alone_counts", with(tunnel, ms(2000)), false, false, ms(2000), c},
        IdleCase{"short_tunnel", with(tunnel, ms(400)), false, false, ms(400), c},
        IdleCase{"server_shorter", with(&graph::Timeouts::server, ms(700)), false, false, ms(700), s},
        IdleCase{"client_shorter", with(&graph::Timeouts::client, ms(700)), false, false, ms(700), c},
        IdleCase{"only_server", with(&graph::Timeouts::client, std::nullopt), false, false, ms(1200), s},
        IdleCase{"none", {}, false, false, std::nullopt, c},
        IdleCase{"both_ended", plain, true, true, ms(1200), c},
        IdleCase{"both_ended_fins", with(client_fin, ms(400), with(server_fin, ms(300))), true, true, ms(300),
                 s}),
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

// The client aimed at 127.0.0.5, port 27151.
TEST_P(Target, FillsOpenPartsFromTheClientsDestination) {
  graph::Server server;
  server.address = GetParam().address;
  server.endpoint = endpoint(GetParam().ip, GetParam().address.port);
  EXPECT_EQ(connect_target(server, endpoint("127.0.0.5", 27151)),
            endpoint(GetParam().target, GetParam().port));
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
  EXPECT_EQ(connect_target(server, endpoint("127.0.0.5", 27151)).family, fetchers::Family::unix_socket);
}

TEST(TargetOfAUnixClient, IsThisMachine) {
  graph::Server server;
  server.address = {.any = true, .port_kind = PortKind::absolute, .port = 80};
  EXPECT_EQ(connect_target(server, {.family = fetchers::Family::unix_socket}), endpoint("0.0.0.0", 80));
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
  ProxyState& proxy = state.proxy(0);
  EXPECT_EQ(proxy.balancer->pick({}, Balancer::nobody), 2u);
  state.server(2).up = false;
  state.server_changed(graph, 2);
  EXPECT_EQ(proxy.balancer->pick({}, Balancer::nobody), 3u);
  state.server(1).maintenance = false;
  state.server_changed(graph, 1);
  EXPECT_EQ(proxy.balancer->pick({}, Balancer::nobody), 1u);
}

}  // namespace
}  // namespace shunt::route
