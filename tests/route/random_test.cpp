// balance random: proportions by weight, the less loaded of two.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "fetchers/hash.hpp"
#include "fleet.hpp"

namespace shunt::route {
namespace {

using Kind = graph::BalanceKind;

std::vector<double> shares(Fleet& fleet, std::size_t servers, int count) {
  std::minstd_rand seed(42);
  const auto random = [&seed] { return fetchers::avalanche(static_cast<std::uint32_t>(seed())); };
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
  const auto random = [&seed] { return fetchers::avalanche(static_cast<std::uint32_t>(seed())); };
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
