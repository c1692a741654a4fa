// Patterns of address matches, as HAProxy reads them.
#include <gtest/gtest.h>

#include <string>

#include "acl/address_pattern.hpp"

namespace shunt::acl {
namespace {

std::string hex(Address128 value) {
  std::string result;
  for (; value != 0; value >>= 4)
    result.insert(result.begin(), "0123456789abcdef"[static_cast<std::size_t>(value & 15)]);
  return result.empty() ? "0" : result;
}

struct Good {
  std::string_view text;
  std::string_view address;
  int prefix;
  bool ipv6 = false;
};

class GoodNetwork : public ::testing::TestWithParam<Good> {};

TEST_P(GoodNetwork, IsRead) {
  const auto network = parse_network(GetParam().text, false);
  ASSERT_TRUE(network.has_value());
  EXPECT_EQ(network->ipv6, GetParam().ipv6);
  EXPECT_EQ(network->prefix, GetParam().prefix);
  EXPECT_EQ(hex(network->address), GetParam().address);
}

INSTANTIATE_TEST_SUITE_P(
    Patterns, GoodNetwork,
    ::testing::Values(Good{"1.2.3.4", "1020304", 32}, Good{"1.2.3", "1020003", 32},
                      Good{"1.2", "1000002", 32}, Good{"1", "1", 32}, Good{"127.1", "7f000001", 32},
                      Good{"300", "12c", 32}, Good{"1.300", "100012c", 32}, Good{"16909060", "1020304", 32},
                      Good{"4294967295", "ffffffff", 32}, Good{"1.16777215", "1ffffff", 32},
                      Good{"010.8.8.8", "8080808", 32}, Good{"001.002.003.004", "1020304", 32},
                      Good{"1.2.3.4/24", "1020300", 24}, Good{"1.2.3.4/+24", "1020300", 24},
                      Good{"1.2.3.4/ 24", "1020300", 24}, Good{"1.2.3.4/024", "1020300", 24},
                      Good{"1.2.3.4/0", "0", 0}, Good{"0/0", "0", 0}, Good{"10.12/8", "a000000", 8},
                      Good{"1.2.3.4/32", "1020304", 32}, Good{"1.2.3.4/255.255.0.0", "1020000", 16},
                      Good{"1.2.3.4/255.0.255.0", "1000300", -1}, Good{"1.2.3.4/0.0.0.0", "0", 0},
                      Good{"::", "0", 128, true}, Good{"::1", "1", 128, true},
                      Good{"::1/128", "1", 128, true}, Good{"::1/0", "0", 0, true},
                      Good{"2001:db8::1/32", "20010db8000000000000000000000000", 32, true},
                      Good{"::ffff:1.2.3.4/+120", "ffff01020300", 120, true},
                      Good{"::1:5/112", "10000", 112, true}));

class BadNetwork : public ::testing::TestWithParam<std::string_view> {};

TEST_P(BadNetwork, IsRefused) { EXPECT_FALSE(parse_network(GetParam(), false).has_value()); }

INSTANTIATE_TEST_SUITE_P(Patterns, BadNetwork,
                         ::testing::Values("", "/", "/8", "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/a",
                                           "1.2.3.4/8a", "1.2.3.4/8/8", "1.2.3.4/255", "1.2.3.4/255.255.0",
                                           "1.2.3.4/00255.255.255.255", "1.2.3.4/0x18", "1.2.3.4.5", "1.2.3.",
                                           "1.2..3", ".1.2.3", "1.2.3.256", "1.2.3.4:", "1.2.3.4:80",
                                           "1.2.3.4 ", "1.2.3.4-1.2.3.5", "08.8.8.8", "4294967296",
                                           "1.16777216", "0x1.2.3.4", "[::1]", "::1/", "::1/8a", "::1/-1",
                                           "::1/129", "::1/ffff::", "::1%lo", "::1.2.3", "::ffff:localhost",
                                           "12345::1", "2001:db8::1/64/2", "*", "any", "localhost"));

TEST(Networks, HostNamesAreResolvedWhenAllowed) {
  const auto network = parse_network("localhost/8", true);
  ASSERT_TRUE(network.has_value());
  EXPECT_FALSE(network->ipv6);
  EXPECT_EQ(hex(network->address), "7f000000");
}

TEST(Networks, NumbersAreNoHostNames) {
  EXPECT_FALSE(parse_network("0x7f000001", true).has_value());
  EXPECT_FALSE(parse_network("1.2.3.256", true).has_value());
  EXPECT_FALSE(parse_network("::ffff:localhost", true).has_value());
}

}  // namespace
}  // namespace shunt::acl
