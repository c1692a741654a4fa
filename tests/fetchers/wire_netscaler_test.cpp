// NetScaler's client IP header in both forms: what is accepted, what is refused with which words.
#include <gtest/gtest.h>

#include <string>

#include "fetchers/wire/netscaler_header.hpp"

namespace shunt::fetchers::wire {
namespace {

using std::string_literals::operator""s;
using Error = NetscalerError;

constexpr std::uint32_t magic = 0x43495000;

std::string big_endian(std::uint32_t number, int width) {
  std::string bytes;
  for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
  return bytes;
}

std::string ipv4(char first = 0x45, char protocol = 6) {
  const std::string options(static_cast<std::size_t>((first & 15) - 5) * 4, '\0');
  return first + "\0\0\x28\0\0\0\0\x40"s + protocol + "\0\0\xc0\0\2\1\xc0\0\2\2"s + options;
}
std::string ipv6() {
  return "\x60\0\0\0\0\x14\6\x40"s + std::string(15, '\0') + '\1' + std::string(15, '\0') + '\2';
}
std::string tcp() { return big_endian(1111, 2) + big_endian(2222, 2) + std::string(16, '\0'); }

std::string legacy(const std::string& headers, std::uint32_t number = magic) {
  return big_endian(number, 4) + big_endian(static_cast<std::uint32_t>(headers.size()), 4) + headers;
}
std::string standard(const std::string& headers) {
  const auto size = static_cast<std::uint32_t>(headers.size());
  return big_endian(magic, 4) + big_endian(size + 12, 4) + big_endian(1, 2) + big_endian(size, 2) + headers;
}

TEST(NetscalerHeader, BothForms) {
  for (const std::string& header :
       {legacy(ipv4() + tcp()), standard(ipv4() + tcp()), standard(ipv4(0x47) + tcp())}) {
    const auto read = read_netscaler_header(header + "rest", magic);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read.value().size, header.size());
    EXPECT_EQ(to_string(read.value().source), "192.0.2.1");
    EXPECT_EQ(to_string(read.value().destination), "192.0.2.2");
    EXPECT_EQ(read.value().source.port, 1111);
    EXPECT_EQ(read.value().destination.port, 2222);
  }
}

TEST(NetscalerHeader, Version6) {
  const auto read = read_netscaler_header(standard(ipv6() + tcp()), magic);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(to_string(read.value().source), "::1");
  EXPECT_EQ(to_string(read.value().destination), "::2");
  EXPECT_EQ(read.value().source.port, 1111);
}

struct Refusal {
  std::string bytes;
  Error error;
};
class NetscalerRefused : public testing::TestWithParam<Refusal> {};

TEST_P(NetscalerRefused, ForTheSameReasonAsHaproxy) {
  const auto read = read_netscaler_header(GetParam().bytes, magic);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error(), GetParam().error) << message(read.error());
}

INSTANTIATE_TEST_SUITE_P(Measured, NetscalerRefused,
                         testing::Values(Refusal{"line\n", Error::truncated},
                                         Refusal{legacy(ipv4() + tcp(), 1), Error::wrong_magic},
                                         Refusal{legacy(ipv4() + tcp(), 1).substr(0, 12), Error::wrong_magic},
                                         Refusal{standard(ipv4()), Error::truncated},
                                         Refusal{standard(ipv4(0x45, 17) + tcp()), Error::bad_protocol},
                                         Refusal{standard(ipv4(0x55) + tcp()), Error::bad_protocol}));

// What is there is compared with the sizes of the headers, not with where they are [seen].
TEST(NetscalerHeader, EveryBeginning) {
  for (const std::string& header : {legacy(ipv4() + tcp()), standard(ipv4() + tcp())})
    for (std::size_t size = 0; size < header.size(); ++size) {
      const std::string_view bytes = std::string_view(header).substr(0, size);
      const auto read = read_netscaler_header(bytes, magic);
      ASSERT_FALSE(read.has_value()) << size;
      EXPECT_EQ(read.error(), size < 40 ? Error::truncated : Error::cut) << size;
      EXPECT_EQ(announced_by_netscaler(bytes, magic).family, size < 40 ? Family::none : Family::ipv4) << size;
    }
}

}  // namespace
}  // namespace shunt::fetchers::wire
