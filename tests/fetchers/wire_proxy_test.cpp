// PROXY headers of both versions: what is accepted, what is refused with which words, what is written.
#include <gtest/gtest.h>

#include <string>

#include "fetchers/hash.hpp"
#include "fetchers/wire/proxy_header.hpp"

namespace shunt::fetchers::wire {
namespace {

using std::string_literals::operator""s;
using Error = ProxyHeaderError;

const std::string signature = "\r\n\r\n\0\r\nQUIT\n"s;
const Endpoint ipv4_end = {.family = Family::ipv4, .port = 1234, .address = {192, 0, 2, 1}};
const Endpoint ipv4_other = {.family = Family::ipv4, .port = 443, .address = {127, 0, 0, 1}};
const Endpoint ipv6_end = {.family = Family::ipv6,
                           .port = 50860,
                           .address = {0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};

struct Refusal {
  std::string bytes;
  Error error;
};
class Refused : public testing::TestWithParam<Refusal> {};

TEST_P(Refused, ForTheSameReasonAsHaproxy) {
  const auto read = read_proxy_header(GetParam().bytes);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error(), GetParam().error) << message(read.error());
}

INSTANTIATE_TEST_SUITE_P(
    Measured, Refused,
    testing::Values(
        Refusal{"PROX", Error::truncated}, Refusal{"PROXY TCP4 1.2.3.4 1.2.3.4 1 2", Error::truncated},
        Refusal{"PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n", Error::truncated},
        Refusal{"PROXY TCP4 1.2.3.4 1.2.3.4 1 2\nx", Error::bad_header},
        Refusal{"PROXY TCP4 1.2.3.4 1.2.3.4 1 2xy", Error::bad_header},
        Refusal{"PROXY TCP4 1.2.3.4 1.2.3.4 1 x", Error::truncated},
        Refusal{"PROXY TCP4 1.2.3.4 1.2.3.4 1x", Error::bad_header},
        Refusal{"PROXY TCP4 1.2.3.4 1.2.3.4 99999", Error::truncated},
        Refusal{"PROXY TCP4 1.2.3.4 x", Error::bad_header},
        Refusal{"PROXY TCP4 1.2.3.4.5", Error::bad_header}, Refusal{"PROXY TCP4 1.2.3.999", Error::truncated},
        Refusal{"PROXY TCP4 foo\nabc", Error::bad_header}, Refusal{"PROXY TCP6 foo\nabc", Error::truncated},
        Refusal{"proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n", Error::not_proxy_protocol},
        Refusal{"GET / HTTP/1.0\r\n\r\n", Error::not_proxy_protocol}, Refusal{"X", Error::truncated},
        Refusal{"GET / HTTP/1.0\r", Error::truncated}, Refusal{"PROXY TCP4 1.2.3.4\r", Error::bad_header},
        Refusal{"PROXY TCP4 1.2.3.4 1.2.3.4 1 2\rx\r\n", Error::bad_header},
        Refusal{"PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n", Error::bad_header},
        Refusal{"PROXY TCP4 1.2.3.4.5 1.2.3.4 1 2\r\n", Error::bad_header},
        Refusal{signature + "\x21\x11\0\x90"s + std::string(12, 'a') + "\x05\0\x81"s + std::string(129, 'n'),
                Error::bad_header},
        Refusal{"PROXY UNKNOWN 1.2.3.4\r\n", Error::bad_protocol},
        Refusal{"PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n", Error::bad_protocol},
        Refusal{"PROXY TCP4  1.2.3.4 1.2.3.4 1 2\r\n", Error::bad_header},
        Refusal{"PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", Error::bad_header},
        Refusal{"PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n", Error::bad_header},
        Refusal{signature + "\x11\x11\0\0"s, Error::not_proxy_protocol},
        Refusal{signature + "\x22\x11\0\x0c"s + std::string(12, 'a'), Error::bad_header},
        Refusal{signature + "\x21\0\0\0"s, Error::bad_header},
        Refusal{signature + "\x21\x31\0\0"s, Error::bad_header},
        Refusal{signature + "\x21\x12\0\x0c"s + std::string(12, 'a'), Error::bad_header},
        Refusal{signature + "\x21\x11\0\x04"s + "abcd", Error::bad_header},
        Refusal{signature + "\x21\x11\0\x0c"s + "abcd", Error::truncated},
        Refusal{signature + "\x21\x11\0\x0f"s + std::string(12, 'a') + "\x04\0\x01"s, Error::bad_header},
        Refusal{signature + "\x21\x11\0\x13"s + std::string(12, 'a') + "\x03\0\x04"s + "oops",
                Error::bad_header}));

TEST(ProxyHeader, Version1) {
  const auto read = read_proxy_header("PROXY TCP4 192.0.2.1 127.0.0.1 1234 443\r\nrest");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read.value().size, 41u);
  EXPECT_EQ(read.value().source, ipv4_end);
  EXPECT_EQ(read.value().destination, ipv4_other);
  EXPECT_FALSE(read.value().local);
}

TEST(ProxyHeader, Version1ToleratesWhatHaproxyTolerates) {
  const auto zeros = read_proxy_header("PROXY TCP4 1.2.3 1.2.3.4 0080 99999\r\n");
  ASSERT_TRUE(zeros.has_value());
  EXPECT_EQ(to_string(zeros.value().source), "1.2.3.0");
  EXPECT_EQ(zeros.value().source.port, 80);
  const auto odd = read_proxy_header("PROXY TCP4 256.2.3.4 1. " + std::string(100, '0') + "1 \r\n");
  ASSERT_TRUE(odd.has_value());
  EXPECT_EQ(to_string(odd.value().source), "0.2.3.4");
  EXPECT_EQ(to_string(odd.value().destination), "1.0.0.0");
  EXPECT_EQ(odd.value().destination.port, 0);
  const auto unknown = read_proxy_header("PROXY UNKNOWN\r\n");
  ASSERT_TRUE(unknown.has_value());
  EXPECT_TRUE(unknown.value().local);
}

struct LooseAddress {
  std::string_view written;
  std::string_view read;
};
class LooseAddresses : public testing::TestWithParam<LooseAddress> {};

TEST_P(LooseAddresses, AreReadAsHaproxyReadsThem) {
  const auto read = read_proxy_header("PROXY TCP4 " + std::string(GetParam().written) + " 5.6.7.8 1 2\r\n");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(to_string(read.value().source), GetParam().read);
  EXPECT_EQ(to_string(read.value().destination), "5.6.7.8");
}

INSTANTIATE_TEST_SUITE_P(
    Measured, LooseAddresses,
    testing::Values(
        LooseAddress{"256.1.1.1", "0.1.1.1"}, LooseAddress{"300.2.3.4", "44.2.3.4"},
        LooseAddress{"4294967297.2.3.4", "41.2.3.4"}, LooseAddress{"1.2.3.4294967300", "1.2.4.44"},
        LooseAddress{"65537.1.1.1", "25.1.1.1"}, LooseAddress{"001.02.3.4", "1.2.3.4"},
        LooseAddress{"1.2.3", "1.2.3.0"}, LooseAddress{"1..2.3", "1.0.2.3"},
        LooseAddress{"18446744073709551617.2.3.4", "105.2.3.4"}, LooseAddress{"1.2.3.256", "1.2.4.0"},
        LooseAddress{"1.256.1.1", "2.0.1.1"}, LooseAddress{"99999999999999999999999.1.1.1", "231.1.1.1"},
        LooseAddress{"4294967295.1.1.1", "39.1.1.1"}, LooseAddress{"2147483648.1.1.1", "136.1.1.1"},
        LooseAddress{"1.2.300.5", "1.3.44.5"}, LooseAddress{"1.999.999.999", "4.234.234.231"},
        LooseAddress{"255.999.1.1", "2.231.1.1"}, LooseAddress{"1.2.1000", "1.2.0.0"},
        LooseAddress{"1.2.300", "1.3.44.0"}, LooseAddress{"255.255.255.256", "0.0.0.0"},
        LooseAddress{"1.2.3.", "1.2.3.0"}, LooseAddress{"", "0.0.0.0"}, LooseAddress{"...", "0.0.0.0"}));

TEST(ProxyHeader, EveryBeginningIsTruncated) {
  for (const std::string& header :
       {write_proxy_v1(ipv4_end, ipv4_other), write_proxy_v2(ipv6_end, ipv4_other)})
    for (std::size_t size = 1; size < header.size(); ++size) {
      const auto read = read_proxy_header(std::string_view(header).substr(0, size));
      ASSERT_FALSE(read.has_value()) << size;
      // "PROXY TCP" is judged before the rest of the word is there.
      const bool cut_word = header.starts_with("PROXY") && (size == 9 || size == 10);
      EXPECT_EQ(read.error(), cut_word ? Error::bad_protocol : Error::truncated) << size;
    }
}

TEST(ProxyHeader, WrittenOnesReadBack) {
  for (const Endpoint& from : {ipv4_end, ipv6_end}) {
    const auto v1 = read_proxy_header(write_proxy_v1(from, from));
    const std::string written = write_proxy_v2(from, from, "\x04\0\x01x"s);
    const auto v2 = read_proxy_header(written);
    ASSERT_TRUE(v1.has_value() && v2.has_value());
    EXPECT_EQ(v1.value().source, from);
    EXPECT_EQ(v2.value().source, from);
    EXPECT_EQ(v2.value().tlvs, "\x04\0\x01x"s);
  }
}

TEST(ProxyHeader, MixedFamiliesAreMapped) {
  EXPECT_EQ(write_proxy_v1(ipv6_end, ipv4_other), "PROXY TCP6 2001:db8::1 ::ffff:127.0.0.1 50860 443\r\n");
  EXPECT_EQ(write_proxy_v1(ipv4_other, ipv6_end), "PROXY TCP6 ::ffff:127.0.0.1 2001:db8::1 443 50860\r\n");
  EXPECT_EQ(write_proxy_v2(ipv6_end, ipv4_other).substr(12, 4), "\x21\x21\0\x24"s);
}

TEST(ProxyHeader, WithoutAddressesIsUnknownOrLocal) {
  const Endpoint unix_end = {.family = Family::unix_socket};
  EXPECT_EQ(write_proxy_v1(unix_end, unix_end), "PROXY UNKNOWN\r\n");
  EXPECT_EQ(write_proxy_v2({}, {}), signature + "\x20\0\0\0"s);
  EXPECT_EQ(write_proxy_v2({}, {}, "\x01\0\2h2"s), signature + "\x20\0\0\5\x01\0\2h2"s);
  const auto read = read_proxy_header(write_proxy_v2({}, {}));
  ASSERT_TRUE(read.has_value());
  EXPECT_TRUE(read.value().local);
}

// A LOCAL header with addresses is accepted by 2.6 and refused by 3.5.
TEST(ProxyHeader, LocalWithAddressesIsRefused) {
  EXPECT_FALSE(read_proxy_header(signature + "\x20\x11\0\x0c"s + std::string(12, 'a')).has_value());
  EXPECT_FALSE(read_proxy_header(signature + "\x20\x11\0\x0c"s + std::string(12, '\0')).has_value());
}

TEST(ProxyHeader, ChecksumCoversTheWholeHeader) {
  std::string header = write_proxy_v2(ipv4_end, ipv4_other, "\x03\0\x04\0\0\0\0"s);
  const std::uint32_t sum = hash_crc32c(header);
  for (std::size_t i = 0; i < 4; ++i) header[header.size() - 4 + i] = static_cast<char>(sum >> (24 - 8 * i));
  EXPECT_TRUE(read_proxy_header(header).has_value());
  for (std::size_t at = 16; at < header.size() - 7; ++at) {
    std::string damaged = header;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    EXPECT_FALSE(read_proxy_header(damaged).has_value()) << at;
  }
}

}  // namespace
}  // namespace shunt::fetchers::wire
