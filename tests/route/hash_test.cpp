// Hashing to servers against the measured vectors: keys, functions, maps, rings and their limits.
#include <gtest/gtest.h>

#include <array>

#include "fetchers/hash.hpp"
#include "fleet.hpp"
#include "route/balance/hash_key.hpp"
#include "route/balance/ring.hpp"

namespace shunt::route {
namespace {

using graph::Balance;
using graph::HashFunction;
using graph::HashKey;
using graph::HashType;
using Kind = graph::BalanceKind;

BalanceKey source_key(std::string_view address, HashType type) {
  return {.hash = hash_of(endpoint(std::string(address)), type)};
}

TEST(Avalanche, HasTheMeasuredValues) {
  using fetchers::avalanche;
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

// ---- vector 1d: six keys of `balance hdr(k)`, which are hashed as `balance hash` hashes texts

struct TextCase {
  HashType type;
  std::string servers;
};
class TextVector : public testing::TestWithParam<TextCase> {};

TEST_P(TextVector, LeadsToTheMeasuredServers) {
  const HashType type = GetParam().type;
  Fleet fleet({.kind = Kind::hash, .hash = type}, {{.weight = 1}, {.weight = 2}, {.weight = 3}});
  std::string servers;
  for (const std::string_view key :
       {"a", "ab", "/index.html", "192.0.2.1", "hello world", "0123456789abcdef"})
    servers += std::to_string(fleet.pick({.hash = hash_of(key, type)}));
  EXPECT_EQ(servers, GetParam().servers);
}

constexpr bool ring = true;
INSTANTIATE_TEST_SUITE_P(
    Vector1d, TextVector,
    testing::Values(
        TextCase{{}, "331322"}, TextCase{{.function = HashFunction::djb2}, "223133"},
        TextCase{{.function = HashFunction::wt6}, "331223"},
        TextCase{{.function = HashFunction::crc32}, "332333"}, TextCase{{.avalanche = true}, "331333"},
        TextCase{{.function = HashFunction::crc32, .avalanche = true}, "222221"},
        TextCase{{.consistent = ring, .avalanche = true}, "223331"}, TextCase{{.consistent = ring}, "332323"},
        TextCase{{.consistent = ring, .function = HashFunction::djb2}, "333332"},
        TextCase{{.consistent = ring, .function = HashFunction::crc32}, "233133"},
        TextCase{{.consistent = ring, .function = HashFunction::wt6}, "132331"},
        TextCase{{.consistent = ring, .function = HashFunction::crc32, .avalanche = true}, "323313"},
        TextCase{{.consistent = ring, .function = HashFunction::djb2, .avalanche = true}, "331131"}));

// ---- vectors 1c and 1g: addresses

struct AddressCase {
  HashType type;
  std::array<std::uint32_t, 3> ids;
  std::string servers;
};
class AddressVector : public testing::TestWithParam<AddressCase> {};

TEST_P(AddressVector, LeadsToTheMeasuredServers) {
  const auto& [type, ids, expected] = GetParam();
  Fleet fleet(
      {.kind = Kind::source, .hash = type},
      {{.weight = 1, .number = ids[0]}, {.weight = 2, .number = ids[1]}, {.weight = 3, .number = ids[2]}});
  std::string servers;
  for (const char* address : {"192.0.2.1", "10.0.0.1", "203.0.113.77", "2001:db8::1", "::1", "fe80::abcd:1"})
    servers += std::to_string(fleet.pick(source_key(address, type)));
  EXPECT_EQ(servers, expected);
}

INSTANTIATE_TEST_SUITE_P(
    Vectors, AddressVector,
    testing::Values(AddressCase{{}, {1, 2, 3}, "333333"},
                    AddressCase{{.avalanche = true}, {1, 2, 3}, "312123"},
                    AddressCase{{.consistent = ring, .avalanche = true}, {1, 2, 3}, "132132"},
                    AddressCase{{.consistent = ring, .function = HashFunction::djb2}, {1, 2, 3}, "332133"},
                    AddressCase{{.consistent = ring, .avalanche = true}, {100, 107, 114}, "122323"}));

TEST(RingHash, LeavesServersInMaintenanceOut) {
  Fleet fleet({.kind = Kind::source, .hash = {.consistent = true, .avalanche = true}}, {{}, {}, {}, {}});
  fleet.maintenance(2, true);
  std::string servers;
  for (const char* address : {"192.0.2.1", "10.0.0.1", "203.0.113.77", "2001:db8::1", "::1", "fe80::abcd:1"})
    servers += std::to_string(fleet.pick(source_key(address, {.avalanche = true})));
  EXPECT_EQ(servers, "141131");
}

TEST(RingHash, PlacesServersByAddressIdOrGuid) {  // vector 1h, and hash-key id32
  struct KeyCase {
    HashKey key;
    std::string servers;
  };
  const HashType type{.consistent = true, .avalanche = true};
  for (const KeyCase& expected :
       {KeyCase{HashKey::addr, "323"}, KeyCase{HashKey::id32, "113"}, KeyCase{HashKey::guid, "322"}}) {
    std::vector<FleetServer> servers;
    for (std::uint32_t i = 0; i < 3; ++i)
      servers.push_back({.weight = i + 1,
                         .key = expected.key,
                         .guid = "srv:" + std::to_string(i),
                         .address = "127.0.0." + std::to_string(i + 1)});
    Fleet fleet({.kind = Kind::source, .hash = type}, servers);
    std::string chosen;
    for (const char* address : {"192.0.2.1", "10.0.0.1", "203.0.113.77"})
      chosen += std::to_string(fleet.pick(source_key(address, type)));
    EXPECT_EQ(chosen, expected.servers);
  }
}

TEST(RingHash, SpreadsLoadWithABalanceFactor) {  // vectors 1i and 1j
  const HashType type{.consistent = true, .avalanche = true};
  Fleet equal({.kind = Kind::source, .hash = type, .factor = 150}, {{}, {}, {}});
  EXPECT_EQ(equal.held(9, source_key("127.0.0.9", type)), "1 3 3 1 3 1 3 1 3");
  Fleet weighted({.kind = Kind::source, .hash = type, .factor = 125}, {{}, {.weight = 2}, {}});
  EXPECT_EQ(weighted.held(14, source_key("10.0.0.1", type)), "1 2 2 3 2 1 2 2 1 2 2 2 1 2");
}

TEST(Hash, GoesRoundWithoutAKey) {  // vector 1l
  Fleet map({.kind = Kind::hash}, {{.weight = 1}, {.weight = 2}, {.weight = 3}});
  EXPECT_EQ(map.picks(13), "1 3 2 3 2 3 1 3 2 3 2 3 1");
  Fleet on_ring({.kind = Kind::hash, .hash = {.consistent = true}},
                {{.weight = 1}, {.weight = 2}, {.weight = 3}});
  EXPECT_EQ(on_ring.picks(30), "3 3 3 3 3 3 3 3 3 3 3 2 1 3 1 3 1 2 3 1 1 3 1 2 2 3 3 3 1 3");
}

TEST(RingHash, GoesOnToAnotherServerThanTheAvoidedOne) {
  Fleet fleet({.kind = Kind::source, .hash = {.consistent = true}}, {{}, {}});
  fleet.avoid(1);
  for (std::uint32_t hash = 0; hash < 0xF0000000u; hash += 0x01234567u)
    EXPECT_EQ(fleet.pick({.hash = hash}), 2u);
  fleet.maintenance(2, true);
  EXPECT_EQ(fleet.pick({.hash = 7}), 1u);
  fleet.maintenance(1, true);
  EXPECT_EQ(fleet.picks(1, {.hash = 7}), "-");
}

// ---- keys (vector 1e)

TEST(HashKey, IsTheBytesOfTheSample) {
  fetchers::Scratch scratch;
  fetchers::Sample sample;
  sample.type = fetchers::SampleType::ipv4;
  sample.address = {192, 0, 2, 1};
  EXPECT_EQ(hash_of(sample, {}, scratch), 3843985343u);
  sample.set_integer(1000);
  EXPECT_EQ(hash_of(sample, {}, scratch), 197029u);
  sample.set_string("12x");
  EXPECT_EQ(hash_of(sample, {.function = HashFunction::none}, scratch), 12u);
  sample.set_string("-1");
  EXPECT_EQ(hash_of(sample, {.function = HashFunction::none}, scratch), 0xffffffffu);
  sample.set_string("x");
  EXPECT_EQ(hash_of(sample, {.function = HashFunction::none}, scratch), 0u);
}

// ---- servers without a free slot

TEST(Full, ServersArePassedOverByThoseThatCanChoose) {
  for (const Kind kind : {Kind::roundrobin, Kind::static_rr, Kind::leastconn, Kind::first}) {
    Fleet fleet({.kind = kind}, {{.maxconn = 1}, {.maxconn = 1}});
    const std::string both = fleet.held(2);
    EXPECT_TRUE(both == "1 2" || both == "2 1") << both;
    EXPECT_EQ(fleet.picks(1), "-") << static_cast<int>(kind);
    fleet.release(2);
    EXPECT_EQ(fleet.picks(1), "2") << static_cast<int>(kind);
  }
}

TEST(Full, AHashLeadsToItsServerAllTheSame) {
  Fleet fleet({.kind = Kind::hash}, {{.maxconn = 1}, {.maxconn = 1}});
  EXPECT_EQ(fleet.held(2, {.hash = 0}), "1 1");
}

TEST(Full, ARingGoesOnWhereAffinityIsLimited) {  // vector 1k
  Fleet fleet({.kind = Kind::source,
               .hash = {.consistent = true, .avalanche = true},
               .affinity = graph::Affinity::maxconn},
              {{.maxconn = 1}, {.maxconn = 1}, {.maxconn = 1}});
  const BalanceKey key = source_key("127.0.0.1", {.avalanche = true});
  EXPECT_EQ(fleet.held(3, key), "1 3 2");
}

TEST(First, FillsServersInOrderOfTheirIds) {
  Fleet fleet({.kind = Kind::first}, {{.maxconn = 2}, {.maxconn = 2}, {.maxconn = 2}});
  EXPECT_EQ(fleet.held(6), "1 1 2 2 3 3");
}

}  // namespace
}  // namespace shunt::route
