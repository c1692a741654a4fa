// States across generations: what is kept by name, what the new file changes, and slots that both share.
#include <gtest/gtest.h>

#include <memory>

#include "route/balance/balancer.hpp"
#include "route/limits.hpp"
#include "route/slots.hpp"
#include "route/state.hpp"
#include "tests/route/fleet.hpp"

namespace shunt::route {
namespace {

// One backend with these servers, in their order.
graph::Graph graph_of(const std::string& backend, const std::vector<std::string>& servers,
                      graph::BalanceKind kind = graph::BalanceKind::leastconn) {
  graph::Graph graph = empty_graph();
  graph::Proxy proxy;
  proxy.name = backend;
  proxy.is_backend = true;
  proxy.balance.kind = kind;
  proxy.server_count = static_cast<std::uint32_t>(servers.size());
  graph.proxies.push_back(proxy);
  for (const std::string& name : servers) {
    graph::Server server;
    server.id = static_cast<graph::ServerId>(graph.servers.size());
    server.number = server.id + 1;
    server.name = name;
    graph.servers.push_back(server);
  }
  return graph;
}

struct WakeCounter final : Wakeups, Sleeper {
  void turn_has_come() override { ++turns; }
  void ring() override { ++rings; }
  int turns = 0, rings = 0;
};

void judge(ServerState& server, bool up) {
  server.check_up = up;
  server.up = up;
}

TEST(Generations, StatesAreKeptByName) {
  graph::Graph first = graph_of("b", {"one", "two"}), second = graph_of("b", {"new", "two", "one"});
  first.servers[1].check.enabled = second.servers[1].check.enabled = true;
  State before(first);
  before.server(0).total = 7;
  judge(before.server(1), false);
  before.proxy(0).backend_total = 12;
  before.connections = 3;
  State after(second, before);
  after.install();
  EXPECT_EQ(&after.server(2), &before.server(0));
  EXPECT_EQ(&after.server(1), &before.server(1));
  EXPECT_EQ(after.server(2).total, 7u);
  EXPECT_FALSE(after.server(1).up);
  EXPECT_EQ(after.server(0).total, 0u);
  EXPECT_EQ(&after.proxy(0), &before.proxy(0));
  EXPECT_EQ(after.connections, 3u);
  EXPECT_EQ(after.find(before.server(0)), 2u);
  EXPECT_EQ(before.find(after.server(0)), graph::none);
}

TEST(Generations, AnotherNameIsAnotherState) {
  const graph::Graph first = graph_of("b", {"one"}), second = graph_of("c", {"one"});
  State before(first);
  before.server(0).total = 7;
  State after(second, before);
  after.install();
  EXPECT_EQ(after.server(0).total, 0u);
}

TEST(Generations, TheFileWinsWhereItChanged) {
  graph::Graph first = graph_of("b", {"same", "heavier", "back", "unchecked"});
  for (graph::Server& server : first.servers) server.check.enabled = true;
  first.servers[2].disabled = true;
  graph::Graph second = graph_of("b", {"same", "heavier", "back", "unchecked"});
  for (graph::Server& server : second.servers) server.check.enabled = true;
  second.servers[1].weight = 9;
  second.servers[3].check.enabled = false;
  State before(first);
  before.server(0).weight = 5;  // since the start, by other means
  judge(before.server(0), false);
  judge(before.server(3), false);
  State after(second, before);
  EXPECT_EQ(before.server(1).weight, 1u);  // nothing before install()
  EXPECT_TRUE(before.server(2).maintenance);
  after.install();
  EXPECT_EQ(after.server(0).weight, 5u);
  EXPECT_FALSE(after.server(0).up);
  EXPECT_EQ(after.server(1).weight, 9u);
  EXPECT_FALSE(after.server(2).maintenance);
  EXPECT_TRUE(after.server(3).up);
}

TEST(Generations, ANewServerIsAsTheOneThatItTracks) {
  const graph::Graph first = graph_of("b", {"one"});
  graph::Graph second = graph_of("b", {"one", "follower"});
  second.servers[0].check.enabled = true;
  second.servers[1].tracked = 0;
  State before(first);
  judge(before.server(0), false);
  State after(second, before);
  after.install();
  EXPECT_FALSE(after.server(1).up);
}

// Who judges a server may be another one in the new file; nothing would tell of what was known already.
TEST(Generations, OneThatIsTrackedFromNowOnIsFollowedAtOnce) {
  for (const bool up : {false, true}) {
    graph::Graph first = graph_of("b", {"follower", "judged"}),
                 second = graph_of("b", {"follower", "judged"});
    for (graph::Server& server : first.servers) server.check.enabled = true;
    second.servers[0].tracked = 1;
    second.servers[1].check.enabled = true;
    State before(first);
    judge(before.server(0), !up);
    judge(before.server(1), up);
    State after(second, before);
    after.install();
    EXPECT_EQ(after.server(0).up, up);
    EXPECT_EQ(after.server(1).up, up);
  }
}

// Also of a chain whose end stands behind it and is not checked any more.
TEST(Generations, FollowersSeeWhatTheFileMadeOfOthers) {
  graph::Graph first = graph_of("b", {"far", "near", "judged"});
  first.servers[2].check.enabled = true;
  graph::Graph second = graph_of("b", {"far", "near", "judged"});
  second.servers[0].tracked = 1;
  second.servers[1].tracked = 2;
  State before(first);
  judge(before.server(2), false);
  State after(second, before);
  after.install();
  for (graph::ServerId id = 0; id < 3; ++id) EXPECT_TRUE(after.server(id).up) << id;
}

TEST(Generations, BalancersOfBothSeeAllSlots) {
  const graph::Graph first = graph_of("b", {"one", "two"}), second = graph_of("b", {"two", "one"});
  State before(first), after(second, before);
  after.install();
  take_slot(before.server(0));                                   // "one", for a session of the old generation
  EXPECT_EQ(after.balancer(0)->pick({}, Balancer::nobody), 0u);  // "two"
  take_slot(after.server(0));
  take_slot(after.server(0));
  EXPECT_EQ(before.balancer(0)->pick({}, Balancer::nobody), 0u);  // "one"
  before.server(0).maintenance = true;
  before.server_changed(first, 0);
  EXPECT_EQ(after.balancer(0)->pick({}, Balancer::nobody), 0u);
}

TEST(Generations, AFreedOldOneLeavesNoSeat) {
  const graph::Graph first = graph_of("b", {"one"}), second = graph_of("b", {"one"});
  auto before = std::make_unique<State>(first);
  State after(second, *before);
  after.install();
  EXPECT_EQ(after.server(0).seats.size(), 2u);
  before.reset();
  ASSERT_EQ(after.server(0).seats.size(), 1u);
  EXPECT_EQ(after.server(0).seats[0].generation, &after);
  take_slot(after.server(0));
  give_slot_back(after.server(0));
}

TEST(Generations, OneThatWasNotInstalledLeavesNoTrace) {
  const graph::Graph first = graph_of("b", {"one"}), second = graph_of("b", {"one"});
  State before(first);
  {
    const State refused(second, before);
  }
  EXPECT_EQ(before.server(0).seats.size(), 1u);
}

TEST(Generations, ARaisedLimitLetsThoseInLineIn) {
  graph::Graph first = graph_of("b", {"one"}), second = graph_of("b", {"one"});
  first.servers[0].maxconn = 1;
  second.servers[0].maxconn = 2;
  State before(first);
  take_slot(before.server(0));
  WakeCounter thread;
  Waiting waiting{.generation = &before, .sleeper = &thread, .thread = &thread};
  join_line(before, 0, 0, waiting);
  State after(second, before);
  after.install();
  EXPECT_EQ(waiting.granted, 0u);
  EXPECT_EQ(thread.rings, 1);
  EXPECT_EQ(after.server(0).served, 2u);
  EXPECT_EQ(after.server(0).queued, 0u);
}

// The old generation's session gives back; the new one's waits for any server.
TEST(Generations, SlotsPassFromOneToTheOther) {
  graph::Graph first = graph_of("b", {"one", "two"}), second = graph_of("b", {"two", "one"});
  for (graph::Graph* each : {&first, &second})
    for (graph::Server& server : each->servers) server.maxconn = 1;
  State before(first), after(second, before);
  after.install();
  take_slot(before.server(0));
  take_slot(before.server(1));
  WakeCounter thread;
  Waiting waiting{.generation = &after, .sleeper = &thread, .thread = &thread};
  join_line(after, 0, graph::none, waiting);
  give_slot_back(before.server(0));
  hand_out_slots(before, first, 0);
  EXPECT_EQ(waiting.granted, 1u);  // "one" in the new file
  EXPECT_EQ(before.server(0).served, 1u);
}

// A server that the session's generation doesn't know is not for it, even if it is free.
TEST(Generations, UnknownServersAreForOthers) {
  graph::Graph first = graph_of("b", {"one"}), second = graph_of("b", {"one", "new"});
  first.servers[0].maxconn = 1;
  for (graph::Server& server : second.servers) server.maxconn = 1;
  State before(first);
  take_slot(before.server(0));
  WakeCounter thread;
  Waiting old{.rank = {}, .generation = &before, .sleeper = &thread, .thread = &thread};
  join_line(before, 0, graph::none, old);
  State after(second, before);
  after.install();
  EXPECT_EQ(old.granted, graph::none);
  Waiting fresh{.rank = {.since = Clock::now()}, .generation = &after, .sleeper = &thread, .thread = &thread};
  join_line(after, 0, graph::none, fresh);
  hand_out_slots(after, second, 1);
  EXPECT_EQ(fresh.granted, 1u);
  EXPECT_NE(old.line, nullptr);
  give_slot_back(after.server(0));
  hand_out_slots(after, second, 0);
  EXPECT_EQ(old.granted, 0u);
}

}  // namespace
}  // namespace shunt::route
