// The weighted map, balance static-rr and balance source against the measured vectors.
#include <gtest/gtest.h>

#include "fleet.hpp"
#include "route/balance/hash_key.hpp"
#include "route/balance/slot_map.hpp"

namespace shunt::route {
namespace {

using Kind = graph::BalanceKind;

struct Case {
  std::vector<std::uint32_t> weights;
  std::string slots;
};
class Map : public testing::TestWithParam<Case> {};

// One turn of static-rr's cursor shows the map.
TEST_P(Map, HasTheMeasuredSlots) {
  const std::string& expected = GetParam().slots;
  Fleet fleet(Kind::static_rr, GetParam().weights);
  EXPECT_EQ(fleet.picks((expected.size() + 1) / 2), expected);
  EXPECT_EQ(fleet.picks((expected.size() + 1) / 2), expected);
}

INSTANTIATE_TEST_SUITE_P(Vector1b, Map,
                         testing::Values(Case{{1, 2, 3}, "1 3 2 3 2 3"}, Case{{4, 8, 12}, "1 3 2 3 2 3"},
                                         Case{{3, 2, 1}, "1 1 2 1 2 3"}, Case{{5, 1, 1}, "1 1 1 2 1 1 3"},
                                         Case{{7, 3}, "1 1 1 2 1 1 2 1 1 2"},
                                         Case{{5, 0, 7}, "1 3 1 3 1 3 3 1 3 1 3 3"},
                                         Case{{2, 2, 4, 1, 9}, "1 5 2 5 3 5 3 5 1 5 2 5 3 5 3 5 4 5"},
                                         Case{{1, 10}, "1 2 2 2 2 2 2 2 2 2 2"}, Case{{7}, "1"}));

TEST(StaticRoundRobin, FollowsTheMeasuredOrder) {  // vector 2d
  EXPECT_EQ(Fleet(Kind::static_rr, {100, 1, 50}).picks(10), "1 1 2 3 1 1 3 1 1 3");
  EXPECT_EQ(Fleet(Kind::static_rr, {1, 10}).picks(13), "1 2 2 2 2 2 2 2 2 2 2 1 2");
}

TEST(StaticRoundRobin, RebuildsTheMapWithoutAServerInMaintenance) {
  Fleet fleet(Kind::static_rr, {1, 1, 1, 1});
  fleet.maintenance(2, true);
  EXPECT_EQ(fleet.picks(6), "1 3 4 1 3 4");
  fleet.maintenance(1, true);
  fleet.maintenance(3, true);
  fleet.maintenance(4, true);
  EXPECT_EQ(fleet.picks(1), "-");
}

TEST(StaticRoundRobin, FallsBackToTheFirstUsableBackup) {
  Fleet fleet({.kind = Kind::static_rr},
              {{.weight = 1}, {.weight = 2, .backup = true}, {.weight = 1, .backup = true}});
  fleet.maintenance(1, true);
  EXPECT_EQ(fleet.picks(3), "2 2 2");
}

BalanceKey source_key(const fetchers::Endpoint& source) {
  return {.hash = hash_of(source, graph::HashType{})};
}

struct SourceCase {
  std::string address;
  std::uint32_t server;
};
class SourceVector : public testing::TestWithParam<SourceCase> {};

TEST_P(SourceVector, HashesTheAddress) {  // vector 1c
  Fleet fleet(Kind::source, {1, 2, 3});
  const fetchers::Endpoint source = endpoint(GetParam().address);
  EXPECT_EQ(fleet.pick(source_key(source)), GetParam().server);
  EXPECT_EQ(fleet.pick(source_key(source)), GetParam().server);
}

// 192.0.2.0 ... show all slots: the address modulo 6 is the slot.
INSTANTIATE_TEST_SUITE_P(Vector1c, SourceVector,
                         testing::Values(SourceCase{"192.0.2.1", 3}, SourceCase{"10.0.0.1", 3},
                                         SourceCase{"203.0.113.77", 3}, SourceCase{"2001:db8::1", 3},
                                         SourceCase{"::1", 3}, SourceCase{"fe80::abcd:1", 3},
                                         SourceCase{"0.0.0.6", 1}, SourceCase{"0.0.0.2", 2},
                                         SourceCase{"0.0.1.4", 2}));

TEST(Source, GoesRoundTheMapForClientsWithoutAnAddress) {  // vector 1l
  Fleet fleet(Kind::source, {1, 2, 3});
  const fetchers::Endpoint unix_client{.family = fetchers::Family::unix_socket};
  const fetchers::Endpoint known = endpoint("0.0.0.0");
  EXPECT_EQ(fleet.picks(3, source_key(unix_client)), "1 3 2");
  EXPECT_EQ(fleet.pick(source_key(known)), 1u);  // a hash leaves the cursor alone
  EXPECT_EQ(fleet.picks(10, source_key(unix_client)), "3 2 3 1 3 2 3 2 3 1");
}

TEST(Source, DoesNotAvoidTheServerThatFailed) {
  Fleet fleet(Kind::source, {1, 1});
  const fetchers::Endpoint source = endpoint("0.0.0.2");
  fleet.avoid(1);
  EXPECT_EQ(fleet.pick(source_key(source)), 1u);
}

}  // namespace
}  // namespace shunt::route
