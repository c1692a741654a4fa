// TLS hellos and RDP cookies fed whole, cut at every byte, and damaged; verdicts as HAProxy gave them.
#include <gtest/gtest.h>

#include <string>

#include "fetchers/wire/rdp_cookie.hpp"
#include "fetchers/wire/tls_hello.hpp"

namespace shunt::fetchers::wire {
namespace {

using std::string_literals::operator""s;

std::string number(std::size_t value, std::size_t width) {
  std::string bytes;
  for (std::size_t i = width; i-- > 0;) bytes += static_cast<char>(value >> 8 * i);
  return bytes;
}
std::string prefixed(const std::string& bytes, std::size_t width) {
  return number(bytes.size(), width) + bytes;
}
std::string extension(std::size_t type, const std::string& content) {
  return number(type, 2) + prefixed(content, 2);
}
std::string server_name(const std::string& name) {
  return extension(0, prefixed("\0"s + prefixed(name, 2), 2));
}
std::string protocols(const std::string& names) { return extension(16, prefixed(names, 2)); }

std::string client_hello(const std::string& extensions, const std::string& version = "\x03\x03") {
  const std::string body = version + std::string(32, 'r') + prefixed(std::string(32, 's'), 1) +
                           prefixed("\x13\x01", 2) + prefixed("\0"s, 1) + prefixed(extensions, 2);
  return "\x16\x03\x01" + prefixed("\x01" + prefixed(body, 3), 2);
}

const std::string typical = client_hello(extension(10, "abcd") + server_name("www.example.com") +
                                         protocols("\x02h2\x08http/1.1") + extension(21, "xx"));

TEST(Hello, IsReadWhole) {
  EXPECT_EQ(hello_type(typical).type, 1);
  EXPECT_EQ(hello_version(typical).version, 0x30003u);
  EXPECT_EQ(hello_sni(typical).value, "www.example.com");
  EXPECT_EQ(hello_alpn(typical).value, "h2");
}

TEST(Hello, EveryBeginningIsIncomplete) {
  for (std::size_t size = 0; size < typical.size(); ++size) {
    const std::string_view part = std::string_view(typical).substr(0, size);
    EXPECT_EQ(hello_type(part).state, HelloState::incomplete) << size;
    EXPECT_EQ(hello_version(part).state, HelloState::incomplete) << size;
    EXPECT_EQ(hello_sni(part).state, HelloState::incomplete) << size;
    EXPECT_EQ(hello_alpn(part).state, HelloState::incomplete) << size;
  }
}

TEST(Hello, BytesBehindItChangeNothing) {
  EXPECT_EQ(hello_sni(typical + "more").value, "www.example.com");
  EXPECT_EQ(hello_type(typical + "more").state, HelloState::found);
}

TEST(Hello, WithoutNameIsCertainlyWithoutName) {
  const std::string hello = client_hello(protocols("\x02h2"));
  EXPECT_EQ(hello_sni(hello).state, HelloState::absent);
  EXPECT_EQ(hello_alpn(hello).value, "h2");
  EXPECT_EQ(hello_alpn(hello, 9).state, HelloState::absent);
  EXPECT_EQ(hello_alpn(client_hello(server_name("a"))).state, HelloState::absent);
  EXPECT_EQ(hello_sni(client_hello("")).state, HelloState::absent);
}

std::string names(std::size_t size, const std::string& entries) {
  return extension(0, number(size, 2) + entries);
}

struct Names {
  std::string extension;
  HelloState state;
  std::string_view name = {};
};
class NameList : public testing::TestWithParam<Names> {};

TEST_P(NameList, IsReadAsHaproxyReadsIt) {
  const std::string hello = client_hello(GetParam().extension);
  EXPECT_EQ(hello_sni(hello).state, GetParam().state);
  EXPECT_EQ(hello_sni(hello).value, GetParam().name);
}

const std::string host = "\0\0\x04host"s;
INSTANTIATE_TEST_SUITE_P(
    Measured, NameList,
    testing::Values(Names{names(7, host), HelloState::found, "host"},
                    Names{names(4, host), HelloState::found, "host"},
                    Names{names(3, host), HelloState::absent}, Names{names(8, host), HelloState::absent},
                    Names{names(8, host) + extension(5, ""), HelloState::found, "host"},
                    Names{names(7, "\0\0\0"s) + extension(5, ""), HelloState::found, ""},
                    Names{names(12, "\x01" + prefixed("ot", 2) + host), HelloState::absent},
                    Names{names(10, "\0\0\0"s + host), HelloState::found, ""},
                    Names{extension(0, ""), HelloState::absent},
                    Names{extension(0, "\0"s), HelloState::absent},
                    Names{"\0\0\0\x02"s + number(7, 2) + host, HelloState::found, "host"},
                    Names{names(7, "\0\0\x05host"s), HelloState::absent}));

TEST(Hello, TheLengthOfTheProtocolListIsNotLookedAt) {
  for (const std::size_t size : {0, 1, 3, 300}) {
    const std::string hello = client_hello(extension(16, number(size, 2) + "\x02h2\x03"
                                                                           "foo"));
    EXPECT_EQ(hello_alpn(hello).value, "h2");
    EXPECT_EQ(hello_alpn(hello, 1).value, "foo");
    EXPECT_EQ(hello_alpn(hello, 2).state, HelloState::absent);
  }
}

TEST(Hello, Ssl3HasNoExtensions) {
  EXPECT_EQ(hello_sni(client_hello(server_name("a.test"), "\x03\0"s)).state, HelloState::absent);
}

TEST(Hello, DamagedLengthsNeverReadOutside) {
  for (std::size_t at = 0; at < typical.size(); ++at)
    for (const int value : {0, 1, 0x7f, 0x80, 0xff}) {
      std::string damaged = typical;
      damaged[at] = static_cast<char>(value);
      for (const std::string_view found : {hello_sni(damaged).value, hello_alpn(damaged).value})
        EXPECT_TRUE(found.empty() || (found.data() >= damaged.data() &&
                                      found.data() + found.size() <= damaged.data() + damaged.size()));
    }
}

std::string pairs(const std::string& bytes) { return prefixed(bytes, 2); }

TEST(HelloLists, AreReadWithoutTheirLength) {
  const std::string hello =
      client_hello(extension(10, pairs("\0\x1d\0\x17"s)) + extension(13, pairs("\x04\x03\x08\x04")) +
                   extension(51, pairs("\0\x1d"s + pairs("key") + "\x11\xec" + pairs(""))));
  EXPECT_EQ(hello_suites(hello).value, "\x13\x01");
  EXPECT_EQ(hello_groups(hello).value, "\0\x1d\0\x17"s);
  EXPECT_EQ(hello_signatures(hello).value, "\x04\x03\x08\x04");
  const std::string_view shares = hello_key_shares(hello).value;
  std::string groups(shares.size() / 2, '?');
  groups.resize(key_share_groups(shares, groups).value_or(0));
  EXPECT_EQ(groups, "\0\x1d\x11\xec"s);
}

TEST(HelloLists, EveryBeginningIsIncomplete) {
  const std::string hello = client_hello(extension(10, pairs("ab")) + extension(13, pairs("cd")) +
                                         extension(51, pairs("ef" + pairs("g"))) + extension(35, ""));
  for (std::size_t size = 0; size < hello.size(); ++size) {
    const std::string_view part = std::string_view(hello).substr(0, size);
    for (const auto read :
         {hello_suites, hello_groups, hello_signatures, hello_key_shares, hello_groups_extension})
      EXPECT_EQ(read(part).state, HelloState::incomplete) << size;
    EXPECT_EQ(hello_ticket(part).state, HelloState::incomplete) << size;
  }
}

TEST(HelloLists, ThoseThatDontAddUpAreNone) {
  EXPECT_EQ(hello_groups(client_hello(extension(10, ""))).state, HelloState::absent);
  EXPECT_EQ(hello_groups(client_hello(extension(10, "\0\x04xx"s))).state, HelloState::absent);
  EXPECT_EQ(hello_groups(client_hello(extension(10, pairs("odd")))).state, HelloState::absent);
  std::string room(8, '?');
  EXPECT_FALSE(key_share_groups("\0\x1d\0\x09k"s, room));
  EXPECT_FALSE(key_share_groups("\0\x1d\0"s, room));
  EXPECT_EQ(key_share_groups("", room), 0u);
}

struct Extensions {
  std::string list;
  HelloState groups, ticket;
  TicketOffer offer = TicketOffer::none;
};
class ExtensionWalk : public testing::TestWithParam<Extensions> {};

TEST_P(ExtensionWalk, EndsWhereHaproxyEndsIt) {
  const std::string hello = client_hello(GetParam().list);
  EXPECT_EQ(hello_groups_extension(hello).state, GetParam().groups);
  EXPECT_EQ(hello_ticket(hello).state, GetParam().ticket);
  EXPECT_EQ(hello_ticket(hello).offer, GetParam().offer);
}

INSTANTIATE_TEST_SUITE_P(
    Measured, ExtensionWalk,
    testing::Values(
        Extensions{"", HelloState::absent, HelloState::found},
        Extensions{extension(10, ""), HelloState::found, HelloState::found},
        Extensions{extension(10, "\0\x09"s), HelloState::found, HelloState::found},
        Extensions{extension(35, ""), HelloState::absent, HelloState::found, TicketOffer::empty},
        Extensions{extension(35, "t"), HelloState::absent, HelloState::found, TicketOffer::ticket},
        Extensions{extension(35, "") + extension(35, "t"), HelloState::absent, HelloState::found,
                   TicketOffer::empty},
        Extensions{extension(5, "x") + "\0\x23\0"s, HelloState::absent, HelloState::found},
        Extensions{"\0\x0a\0\x09"
                   "abc"s,
                   HelloState::absent, HelloState::absent},
        Extensions{"\0\x05\xff\xff"s + extension(10, ""), HelloState::absent, HelloState::absent}));

TEST(HelloLists, Ssl3AndAHelloThatEndsEarlyHaveNone) {
  const std::string old = client_hello(extension(10, "") + extension(35, ""), "\x03\0"s);
  EXPECT_EQ(hello_groups_extension(old).state, HelloState::absent);
  EXPECT_EQ(hello_ticket(old).state, HelloState::absent);
  const std::string body = "\x03\x03" + std::string(32, 'r') + prefixed(std::string(32, 's'), 1) +
                           prefixed("\x13\x01", 2) + prefixed("\0"s, 1);
  const std::string bare = "\x16\x03\x01" + prefixed("\x01" + prefixed(body, 3), 2);
  EXPECT_EQ(hello_ticket(bare).state, HelloState::absent);
  EXPECT_EQ(hello_suites(bare).value, "\x13\x01");
}

struct Verdict {
  std::string bytes;
  HelloState type, version, sni;
};
class Prefix : public testing::TestWithParam<Verdict> {};

TEST_P(Prefix, IsJudgedAsSoonAsHaproxyDoes) {
  EXPECT_EQ(hello_type(GetParam().bytes).state, GetParam().type);
  EXPECT_EQ(hello_version(GetParam().bytes).state, GetParam().version);
  EXPECT_EQ(hello_sni(GetParam().bytes).state, GetParam().sni);
}

constexpr HelloState no = HelloState::absent;
constexpr HelloState wait = HelloState::incomplete;
constexpr HelloState yes = HelloState::found;
INSTANTIATE_TEST_SUITE_P(Measured, Prefix,
                         testing::Values(Verdict{"", wait, wait, wait}, Verdict{"\x16", wait, wait, wait},
                                         Verdict{"G", no, wait, no}, Verdict{"GET ", no, no, no},
                                         Verdict{"\x16\x02"s, wait, wait, wait},
                                         Verdict{"\x16\x02\0"s, wait, wait, no},
                                         Verdict{"\x16\x02\0\0\x04\x01\0\0\0\0\0"s, no, no, no},
                                         Verdict{"\x16\x03\x01\0\x04\x02\0\0\0"s, yes, wait, no},
                                         Verdict{"\x16\x03\x01\0\x06\x02\0\0\x02\x03\x03"s, yes, yes, no},
                                         Verdict{"\x15\x03\x01\0\x02\x02\x28xx"s, no, wait, no},
                                         Verdict{"\x15\x03\x01\0\x02\x02\x28"s, wait, wait, no},
                                         Verdict{"\xff\x03\x01\0\x04\x01\0\0\0"s, yes, wait, no},
                                         Verdict{"\xff\x03\x01\0\x06\x01\0\0\x02\x03\x03"s, yes, yes, no},
                                         Verdict{"\x16\x03\x01\x48\0\x02\0\0\x02\x03\x03"s, yes, wait, no},
                                         Verdict{"\x16\x03\x01\x48\x01\x02\0\0\x02\x03\x03"s, yes, no, no}));

std::string sslv2(std::size_t ciphers, std::size_t session, std::size_t challenge) {
  const std::string body = "\x01\x03\x01" + number(ciphers, 2) + number(session, 2) + number(challenge, 2) +
                           std::string(ciphers + session + challenge, 'x');
  return number(0x8000 | body.size(), 2) + body;
}

TEST(Sslv2Hello, OnlyTheVersionFetchReadsIt) {
  const std::string hello = sslv2(6, 0, 16);
  EXPECT_EQ(hello_version(hello).version, 0x30001u);
  EXPECT_EQ(hello_type(hello).state, HelloState::absent);
  EXPECT_EQ(hello_sni(hello).state, HelloState::absent);
  for (std::size_t size = 0; size < hello.size(); ++size)
    EXPECT_EQ(hello_version(std::string_view(hello).substr(0, size)).state, HelloState::incomplete) << size;
}

TEST(Sslv2Hello, ThreeByteHeaderCountsItsPadding) {
  const std::string hello = "\0\x1f\x03"s + sslv2(6, 0, 16).substr(2);
  EXPECT_EQ(hello_version(hello + "xx").state, HelloState::incomplete);
  EXPECT_EQ(hello_version(hello + "xxx").version, 0x30001u);
}

TEST(Sslv2Hello, ImpossibleSizesAreRefused) {
  EXPECT_EQ(hello_version(sslv2(7, 0, 16)).state, HelloState::absent);
  EXPECT_EQ(hello_version(sslv2(6, 1, 16)).state, HelloState::absent);
  EXPECT_EQ(hello_version(sslv2(6, 16, 16)).state, HelloState::found);
  EXPECT_EQ(hello_version(sslv2(6, 0, 15)).state, HelloState::absent);
  EXPECT_EQ(hello_version(sslv2(6, 0, 32)).state, HelloState::found);
  EXPECT_EQ(hello_version(sslv2(6, 0, 33)).state, HelloState::absent);
  EXPECT_EQ(hello_version(sslv2(0, 0, 16)).state, HelloState::found);
}

const std::string rdp_header(11, '?');

TEST(RdpCookie, IsReadWithOrWithoutItsName) {
  const std::string packet = rdp_header + "cookie:  MSTSHASH=joe\r\nrest";
  EXPECT_EQ(read_rdp_cookie(packet, "mstshash").value, "joe");
  EXPECT_EQ(read_rdp_cookie(packet, "").value, "joe");
  EXPECT_EQ(read_rdp_cookie(packet, "msts").state, ReadState::absent);
  EXPECT_EQ(read_rdp_cookie(rdp_header + "Cookie: a=\r\n", "").state, ReadState::found);
  EXPECT_EQ(read_rdp_cookie(rdp_header + "Cookie: a\r\nb=c\r\n", "").state, ReadState::absent);
  EXPECT_EQ(read_rdp_cookie(rdp_header + "Kookie: a=b\r\n", "").state, ReadState::absent);
}

TEST(RdpCookie, EveryBeginningIsIncomplete) {
  const std::string packet = rdp_header + "Cookie: mstshash=joe\r\n";
  for (std::size_t size = 0; size < packet.size(); ++size)
    EXPECT_EQ(read_rdp_cookie(packet.substr(0, size), "mstshash").state, ReadState::incomplete) << size;
}

}  // namespace
}  // namespace shunt::fetchers::wire
