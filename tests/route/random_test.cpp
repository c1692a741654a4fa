// The ring and balance random: measured points, proportions by weight, the less loaded of two.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "fleet.hpp"
#include "route/balance/ring.hpp"

namespace shunt::route {
namespace {

using Kind = graph::BalanceKind;

TEST(Avalanche, HasTheMeasuredValues) {
  EXPECT_EQ(avalanche(0), 2874071335u);
  EXPECT_EQ(avalanche(1), 881230262u);
  EXPECT_EQ(avalanche(0xFFFFFFFFu), 2120532354u);
  EXPECT_EQ(avalanche(3405803853u), 2101165874u);
  // where the points of the servers 1 and 2 begin
  EXPECT_EQ(avalanche(4096), 1237450891u);
  EXPECT_EQ(avalanche(4097), 2761370759u);
  EXPECT_EQ(avalanche(4098), 3040967754u);
  EXPECT_EQ(avalanche(4099), 643086982u);
  EXPECT_EQ(avalanche(8192), 1079705203u);
  EXPECT_EQ(avalanche(8193), 414606662u);
}

// balance source on the ring hashes with the avalanche step: the measured choices of vector 1g.
struct RingCase {
  std::array<std::uint32_t, 6> servers;
  std::array<std::uint32_t, 3> ids;
};
TEST(Ring, FindsTheNearestPoint) {
  const std::array<std::uint32_t, 6> keys = {0xC0000201,     0x0A000001, 0xCB00714D,
                                             0x20010db8 ^ 1, 1,          0xfe800000 ^ 0xabcd0001};
  for (const RingCase& expected :
       {RingCase{{1, 3, 2, 1, 3, 2}, {1, 2, 3}}, RingCase{{1, 2, 2, 3, 2, 3}, {100, 107, 114}}}) {
    std::deque<graph::Server> configs(3);
    std::deque<ServerState> states(3);
    std::vector<BalancedServer> servers;
    for (std::uint32_t i = 0; i < 3; ++i) {
      configs[i].number = expected.ids[i];
      states[i].weight = i + 1;
      servers.push_back({&configs[i], &states[i]});
    }
    const Ring ring(servers, false);
    for (std::size_t k = 0; k < keys.size(); ++k)
      EXPECT_EQ(ring.find(avalanche(keys[k]), Balancer::nobody) + 1, expected.servers[k]) << "key " << k;
  }
}

TEST(Ring, GoesOnToAnotherServerThanTheAvoidedOne) {
  graph::Server configs[2];
  ServerState states[2];
  configs[0].number = 1, configs[1].number = 2;
  Ring ring({{&configs[0], &states[0]}, {&configs[1], &states[1]}}, false);
  for (std::uint32_t hash = 0; hash < 0xF0000000u; hash += 0x01234567u) EXPECT_EQ(ring.find(hash, 0), 1u);
  states[1].maintenance = true;
  ring.rebuild();
  EXPECT_EQ(ring.find(7, 0), 0u);
  states[0].maintenance = true;
  ring.rebuild();
  EXPECT_EQ(ring.find(7, 0), Balancer::nobody);
}

std::vector<double> shares(Fleet& fleet, std::size_t servers, int count) {
  std::minstd_rand seed(42);
  const auto random = [&seed] { return avalanche(static_cast<std::uint32_t>(seed())); };
  std::vector<double> share(servers, 0);
  for (int i = 0; i < count; ++i)
    share[fleet.pick({.random = random(), .random2 = random()}) - 1] += 1.0 / count;
  return share;
}

TEST(Random, SpreadsIdleServersEvenly) {
  Fleet fleet({.kind = Kind::random, .draws = 1}, {{.weight = 100}, {.weight = 100}});
  const std::vector<double> share = shares(fleet, 2, 20000);
  EXPECT_NEAR(share[0], 0.5, 0.06);
}

TEST(Random, FollowsTheWeights) {
  Fleet fleet({.kind = Kind::random, .draws = 1}, {{.weight = 20}, {.weight = 60}, {.weight = 0}});
  const std::vector<double> share = shares(fleet, 3, 20000);
  EXPECT_NEAR(share[0], 0.25, 0.06);
  EXPECT_EQ(share[2], 0);
}

TEST(Random, KeepsHeldConnectionsLevel) {
  Fleet fleet({.kind = Kind::random, .draws = 2}, {{.weight = 10}, {.weight = 10}, {.weight = 10}});
  std::minstd_rand seed(7);
  const auto random = [&seed] { return avalanche(static_cast<std::uint32_t>(seed())); };
  std::array<std::uint32_t, 3> held = {};
  for (int i = 0; i < 300; ++i) {
    const BalanceKey key{.random = random(), .random2 = random()};
    const std::uint32_t server = fleet.pick(key);
    fleet.hold(server);
    ++held[server - 1];
  }
  for (const std::uint32_t count : held) EXPECT_NEAR(count, 100, 4);
}

TEST(Random, UsesTheFirstBackupWhenNoActiveServerIsLeft) {
  Fleet fleet({.kind = Kind::random},
              {{.weight = 1}, {.weight = 1, .backup = true}, {.weight = 1, .backup = true}});
  fleet.maintenance(1, true);
  EXPECT_EQ(fleet.picks(3), "2 2 2");
  fleet.maintenance(2, true);
  fleet.maintenance(3, true);
  EXPECT_EQ(fleet.picks(1), "-");
}

}  // namespace
}  // namespace shunt::route
