// balance roundrobin against the measured runs: weights, maintenance, weight changes, backups, avoided
// servers.
#include <gtest/gtest.h>

#include "fleet.hpp"

namespace shunt::route {
namespace {

using Kind = graph::BalanceKind;

struct Run {
  std::vector<std::uint32_t> weights;
  std::string picks;
};
class RoundRobinRun : public testing::TestWithParam<Run> {};

TEST_P(RoundRobinRun, FollowsTheMeasuredOrder) {
  const std::string& expected = GetParam().picks;
  EXPECT_EQ(Fleet(Kind::roundrobin, GetParam().weights).picks((expected.size() + 1) / 2), expected);
}

INSTANTIATE_TEST_SUITE_P(
    Vector2a, RoundRobinRun,
    testing::Values(Run{{1, 1, 1}, "1 2 3 1 2 3"}, Run{{1, 2, 3}, "3 2 3 1 3 2 3 2 3 1 3 2 3 2 3 1 3"},
                    Run{{10, 20, 30}, "3 2 3 1 3 2 3 2 3 1 3 2 3 2 3 1 3"},
                    Run{{3, 2, 1}, "1 2 1 3 1 2 1 2 1 3 1 2"}, Run{{5, 1, 1}, "1 1 1 2 1 1 3 1 1 1 2 1 1 3"},
                    Run{{1, 10}, "2 2 2 2 2 2 2 2 2 2 1 2 2 2 2 2 2 2 2 2 2 1"},
                    Run{{7, 3}, "1 1 1 2 1 1 2 1 1 2"}, Run{{100, 1, 50}, "1 1 3 1 1 3"},
                    Run{{256, 255, 1}, "1 2 1 2"},
                    Run{{2, 2, 4, 1, 9}, "5 3 5 1 5 3 5 2 5 4 5 3 5 1 5 3 5 2 5 3 5 1 5 3 5 2"},
                    Run{{0, 1}, "2 2 2"}, Run{{0}, "- -"}));

TEST(RoundRobin, KeepsItsOrderWhileAServerGoesAndComes) {  // vector 2b
  Fleet fleet(Kind::roundrobin, {1, 2, 3});
  EXPECT_EQ(fleet.picks(20), "3 2 3 1 3 2 3 2 3 1 3 2 3 2 3 1 3 2 3 2");
  fleet.maintenance(3, true);
  EXPECT_EQ(fleet.picks(8), "1 2 2 1 2 2 1 2");
  fleet.maintenance(3, false);
  EXPECT_EQ(fleet.picks(20), "3 2 1 3 2 3 3 2 1 3 2 3 3 2 1 3 2 3 3 2");
}

TEST(RoundRobin, ReschedulesAServerWhoseWeightChanges) {  // vector 2b2, version 3.5
  Fleet fleet(Kind::roundrobin, {1, 2, 3});
  EXPECT_EQ(fleet.picks(7), spaced("3231323"));
  fleet.weight(1, 3);
  EXPECT_EQ(fleet.picks(7), spaced("2313213"));
  fleet.weight(3, 1);
  EXPECT_EQ(fleet.picks(7), spaced("1212131"));
  fleet.weight(2, 10);
  EXPECT_EQ(fleet.picks(7), spaced("2122322"));
  fleet.weight(1, 1);
  EXPECT_EQ(fleet.picks(7), spaced("2222222"));
  fleet.weight(2, 2);
  EXPECT_EQ(fleet.picks(7), spaced("2123212"));
  fleet.weight(3, 3);
  EXPECT_EQ(fleet.picks(30), repeated(spaced("332132"), 5));
}

TEST(RoundRobin, LeavesOutTheServerThatARedispatchComesFrom) {
  Fleet fleet(Kind::roundrobin, {1, 1, 1});
  fleet.avoid(1);
  EXPECT_EQ(fleet.picks(4), "2 3 2 3");
  fleet.avoid_nobody();
  EXPECT_EQ(Fleet(Kind::roundrobin, {1}).picks(2), "1 1");
}

TEST(RoundRobin, TakesTheAvoidedServerIfNothingElseIsLeft) {
  Fleet fleet(Kind::roundrobin, {1, 1});
  fleet.maintenance(2, true);
  fleet.avoid(1);
  EXPECT_EQ(fleet.picks(3), "1 1 1");
}

TEST(RoundRobin, UsesOnlyTheFirstBackupWithoutAllbackups) {
  const std::vector<FleetServer> servers = {
      {.weight = 1}, {.weight = 1, .backup = true}, {.weight = 2, .backup = true}};
  Fleet one({.kind = Kind::roundrobin}, servers);
  EXPECT_EQ(one.picks(2), "1 1");
  one.maintenance(1, true);
  EXPECT_EQ(one.picks(3), "2 2 2");
  one.maintenance(2, true);
  EXPECT_EQ(one.picks(2), "3 3");
  one.maintenance(3, true);
  EXPECT_EQ(one.picks(1), "-");
  one.maintenance(1, false);
  EXPECT_EQ(one.picks(2), "1 1");

  Fleet all({.kind = Kind::roundrobin}, servers, true);
  all.maintenance(1, true);
  EXPECT_EQ(all.picks(6), "3 3 2 3 3 2");
}

}  // namespace
}  // namespace shunt::route
