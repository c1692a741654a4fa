// balance leastconn and first against the measured runs.
#include <gtest/gtest.h>

#include "fleet.hpp"

namespace shunt::route {
namespace {

using Kind = graph::BalanceKind;

TEST(LeastConn, TurnsAmongEqualServers) {  // vector 2e
  EXPECT_EQ(Fleet(Kind::leastconn, {1, 1, 1}).sequential(6), "1 2 3 1 2 3");
  Fleet fleet(Kind::leastconn, {1, 1, 1});
  EXPECT_EQ(fleet.held(9), "1 2 3 1 2 3 1 2 3");
  for (int i = 0; i < 3; ++i) fleet.release(2);
  EXPECT_EQ(fleet.held(5), "2 2 2 1 3");
}

TEST(LeastConn, CountsConnectionsPerWeight) {
  EXPECT_EQ(Fleet(Kind::leastconn, {1, 2, 3}).held(18), "1 2 3 3 2 3 3 2 3 1 2 3 3 2 3 1 2 3");
}

TEST(LeastConn, LeavesOutUnusableAndAvoidedServers) {
  Fleet fleet(Kind::leastconn, {1, 1, 1});
  fleet.maintenance(1, true);
  EXPECT_EQ(fleet.held(2), "2 3");
  fleet.avoid(2);
  EXPECT_EQ(fleet.held(2), "3 3");
  fleet.maintenance(3, true);
  EXPECT_EQ(fleet.held(1), "2");
  fleet.maintenance(2, true);
  EXPECT_EQ(fleet.picks(1), "-");
  fleet.maintenance(1, false);
  EXPECT_EQ(fleet.picks(1), "1");
}

TEST(LeastConn, SortsAgainWhenAWeightChanges) {
  Fleet fleet(Kind::leastconn, {1, 1});
  EXPECT_EQ(fleet.held(2), "1 2");
  fleet.weight(2, 10);
  EXPECT_EQ(fleet.held(5), "2 2 2 2 2");
}

TEST(LeastConn, UsesBackupsOnlyWhenNoActiveServerIsLeft) {
  const std::vector<FleetServer> servers = {
      {.weight = 1}, {.weight = 1, .backup = true}, {.weight = 1, .backup = true}};
  Fleet one({.kind = Kind::leastconn}, servers);
  EXPECT_EQ(one.held(2), "1 1");
  one.maintenance(1, true);
  EXPECT_EQ(one.held(2), "2 2");
  Fleet all({.kind = Kind::leastconn}, servers, true);
  all.maintenance(1, true);
  EXPECT_EQ(all.held(3), "2 3 2");
}

TEST(First, TakesTheLowestIdThatIsUsable) {
  Fleet fleet({.kind = Kind::first}, {{.number = 30}, {.number = 10}, {.number = 20}});
  EXPECT_EQ(fleet.held(3), "2 2 2");
  fleet.avoid(2);
  EXPECT_EQ(fleet.held(1), "3");
  fleet.avoid_nobody();
  fleet.maintenance(2, true);
  EXPECT_EQ(fleet.held(1), "3");
  fleet.maintenance(3, true);
  fleet.avoid(1);
  EXPECT_EQ(fleet.held(1), "1");
  fleet.maintenance(1, true);
  EXPECT_EQ(fleet.picks(1), "-");
}

}  // namespace
}  // namespace shunt::route
