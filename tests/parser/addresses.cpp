// Addresses in all their forms.
#include "parser/address.hpp"

#include <gtest/gtest.h>

namespace shunt::parser {
namespace {

struct AddressRow {
  std::string_view text;
  std::string_view printed;  // empty: a fault
  AddressFamily family = AddressFamily::unspecified;
  std::string_view fault = "";
};

void PrintTo(const AddressRow& row, std::ostream* out) { *out << row.text; }

class Addresses : public testing::TestWithParam<AddressRow> {};

TEST_P(Addresses, are_read_as_haproxy_does) {
  const AddressRow& row = GetParam();
  const auto read = parse_address(row.text);
  ASSERT_EQ(read.has_value(), !row.printed.empty()) << (read ? "" : read.error().message);
  if (!read) {
    EXPECT_EQ(read.error().message, row.fault);
    return;
  }
  EXPECT_EQ(to_string(read.value()), row.printed);
  EXPECT_EQ(read.value().family, row.family);
}

using enum AddressFamily;

constexpr AddressRow hosts[] = {
    {"127.0.0.1:80", "127.0.0.1:80", ipv4},
    {"127.0.0.1", "127.0.0.1", ipv4},
    {"127.0.0.1:", "127.0.0.1", ipv4},
    {"127.1:80", "127.0.0.1:80", ipv4},
    {"1:80", "0.0.0.1:80", ipv4},
    {"0x7f.1:80", "127.0.0.1:80", ipv4},
    {":80", "*:80", unspecified},
    {"*:80", "*:80", unspecified},
    {"*", "*", unspecified},
    {"", "*", unspecified},
    {":", "*", unspecified},
    {"0.0.0.0:80", "0.0.0.0:80", ipv4},
    {"[::1]:80", "[::1]:80", ipv6},
    {"[::1]", "[::1]", ipv6},
    {"[::1]:", "[::1]", ipv6},
    {"::1:80", "[::1]:80", ipv6},  // the last colon separates the port
    {":::80", "[::]:80", ipv6},
    {"::ffff:1.2.3.4:80", "[::ffff:1.2.3.4]:80", ipv6},
    {"[127.0.0.1]:80", "127.0.0.1:80", ipv4},
    {"localhost:80", "localhost:80", unspecified},
    {"[localhost]:80", "localhost:80", unspecified},
    {"a-b_c.example:1", "a-b_c.example:1", unspecified},
    {"ipv4@:80", "0.0.0.0:80", ipv4},
    {"ipv4@*:80", "0.0.0.0:80", ipv4},
    {"ipv4@127.0.0.1:80", "127.0.0.1:80", ipv4},
    {"ipv4@localhost:80", "localhost:80", ipv4},
    {"ipv6@:80", "[::]:80", ipv6},
    {"ipv6@*:80", "[::]:80", ipv6},
    {"ipv6@::1:80", "[::1]:80", ipv6},
    {"ipv6@[::1]:80", "[::1]:80", ipv6},
    {"ip@127.0.0.1:80", "127.0.0.1:80", ipv4},
    {"tcp@127.0.0.1:80", "127.0.0.1:80", ipv4},
    {"tcp6@[::1]:80", "[::1]:80", ipv6},
    {"stream+127.0.0.1:80", "127.0.0.1:80", ipv4},
    {"::1", "", unspecified, "invalid address: ':' in '::1'"},
    {"::80", "", unspecified, "invalid address: ':' in '::80'"},
    {"[::1", "", unspecified, "invalid address: '[:' in '[::1'"},
    {"[::1]x:80", "", unspecified, "invalid address: '[::1]x' in '[::1]x:80'"},
    {"[*]:80", "", unspecified, "invalid address: '[*]' in '[*]:80'"},
    {"[]:80", "", unspecified, "invalid address: '[]' in '[]:80'"},
    {"256.1.1.1:80", "", unspecified, "invalid address: '256.1.1.1' in '256.1.1.1:80'"},
    {"ipv4@::1:80", "", unspecified, "invalid address: '::1' in 'ipv4@::1:80'"},
    {"ipv6@127.0.0.1:80", "", unspecified, "invalid address: '127.0.0.1' in 'ipv6@127.0.0.1:80'"},
    {"tcp4@[::1]:80", "", unspecified, "invalid address: '[::1]' in 'tcp4@[::1]:80'"},
    {"IPV4@127.0.0.1:80", "", unspecified, "invalid address: 'IPV4@127.0.0.1' in 'IPV4@127.0.0.1:80'"},
    {"ipv4@ipv4@1.1.1.1:80", "", unspecified, "invalid address: 'ipv4@1.1.1.1' in 'ipv4@ipv4@1.1.1.1:80'"},
    {"foo@x", "", unspecified, "invalid address: 'foo@x' in 'foo@x'"},
    {"[fe80::1%lo]:80", "", unspecified, "invalid address: '[fe80::1%lo]' in '[fe80::1%lo]:80'"},
    {"+5", "", unspecified, "invalid address: '+5' in '+5'"},
    {"a b:80", "", unspecified, "invalid address: 'a b' in 'a b:80'"},
    {"1.1.1.1 x:80", "", unspecified, "invalid address: '1.1.1.1 x' in '1.1.1.1 x:80'"},
};
INSTANTIATE_TEST_SUITE_P(Hosts, Addresses, testing::ValuesIn(hosts));

constexpr AddressRow ports[] = {
    {"127.0.0.1:0", "127.0.0.1:0", ipv4},
    {"127.0.0.1:080", "127.0.0.1:80", ipv4},
    {"127.0.0.1:65535", "127.0.0.1:65535", ipv4},
    {"127.0.0.1:80-82", "127.0.0.1:80-82", ipv4},
    {"127.0.0.1:80-80", "127.0.0.1:80", ipv4},
    {"127.0.0.1:+5", "127.0.0.1:+5", ipv4},
    {"127.0.0.1:-5", "127.0.0.1:-5", ipv4},
    {"127.0.0.1:+0", "127.0.0.1:+0", ipv4},
    {"host.name:+5", "host.name:+5", unspecified},
    {"127.0.0.1:80x", "127.0.0.1:80", ipv4},
    {"127.0.0.1:80-82-84", "127.0.0.1:80-82", ipv4},
    {"127.0.0.1:65536", "", unspecified, "invalid port '65536'"},
    {"127.0.0.1:82-80", "", unspecified, "invalid port range '82-80'"},
    {"127.0.0.1:80-", "", unspecified, "invalid port ''"},
    {"127.0.0.1:80-x", "", unspecified, "invalid port ''"},
    {"127.0.0.1:+", "", unspecified, "invalid port ''"},
    {"127.0.0.1:http", "", unspecified, "invalid character 'h' in port number 'http' in '127.0.0.1:http'"},
    {"127.0.0.1: 80", "", unspecified, "invalid character ' ' in port number ' 80' in '127.0.0.1: 80'"},
};
INSTANTIATE_TEST_SUITE_P(Ports, Addresses, testing::ValuesIn(ports));

constexpr AddressRow others[] = {
    {"/tmp/x", "unix@/tmp/x", unix_path},
    {"/tmp/x:80", "unix@/tmp/x:80", unix_path},
    {"unix@x", "unix@x", unix_path},
    {"unix@", "unix@", unix_path},
    {"uxst@/tmp/x", "unix@/tmp/x", unix_path},
    {"stream+unix@/tmp/x", "unix@/tmp/x", unix_path},
    {"abns@x", "abns@x", abstract_socket},
    {"abns@x:80", "abns@x:80", abstract_socket},
    {"fd@3", "fd@3", inherited},
    {"fd@", "", unspecified, "file descriptor '' is not a valid integer in 'fd@'"},
    {"fd@x", "", unspecified, "file descriptor 'x' is not a valid integer in 'fd@x'"},
    {"fd@-1", "", unspecified, "file descriptor '-1' is not a valid integer in 'fd@-1'"},
    {"fd@3x", "", unspecified, "file descriptor '3x' is not a valid integer in 'fd@3x'"},
    {"fd@99999999999", "", unspecified,
     "file descriptor '99999999999' is not a valid integer in 'fd@99999999999'"},
    {"quic4@127.0.0.1:80", "", unspecified, "addresses with 'quic4@' are not supported"},
    {"abnsz@x", "", unspecified, "addresses with 'abnsz@' are not supported"},
    {"rhttp@x", "", unspecified, "addresses with 'rhttp@' are not supported"},
};
INSTANTIATE_TEST_SUITE_P(Others, Addresses, testing::ValuesIn(others));

TEST(AddressFaults, know_their_bytes_and_whether_haproxy_could) {
  const auto port = parse_address("127.0.0.1:80-70000");
  EXPECT_EQ(port.error().begin, 13U);
  EXPECT_EQ(port.error().end, 18U);
  EXPECT_FALSE(port.error().unsupported);
  EXPECT_TRUE(parse_address("mptcp@127.0.0.1:80").error().unsupported);
}

TEST(AddressPaths, have_a_limit) {
  EXPECT_TRUE(parse_address("/" + std::string(96, 'x')));
  EXPECT_FALSE(parse_address("/" + std::string(97, 'x')));
}

TEST(AddressDetails, tell_transport_any_and_junk) {
  EXPECT_TRUE(parse_address("udp@127.0.0.1:80").value().datagram);
  EXPECT_TRUE(parse_address("dgram+ipv4@127.0.0.1:80").value().datagram);
  EXPECT_TRUE(parse_address("stream+udp@127.0.0.1:80").value().datagram);
  EXPECT_TRUE(parse_address("uxdg@/tmp/x").value().datagram);
  EXPECT_FALSE(parse_address("dgram+tcp@127.0.0.1:80").value().datagram);
  for (const std::string_view text : {"*:80", ":80", "0.0.0.0:80", "[::]:80", ":::80", "ipv6@*:80"})
    EXPECT_TRUE(parse_address(text).value().any) << text;
  for (const std::string_view text : {"127.0.0.1:80", "[::1]:80", "localhost:80"})
    EXPECT_FALSE(parse_address(text).value().any) << text;
  EXPECT_EQ(parse_address("127.0.0.1:80x").value().junk_at, 12U);
  EXPECT_EQ(parse_address("127.0.0.1:80").value().junk_at, 12U);
  EXPECT_EQ(parse_address("a:80-82").value().port_end, 82);
  EXPECT_EQ(parse_address("a:80").value().port_end, 80);
}

}  // namespace
}  // namespace shunt::parser
