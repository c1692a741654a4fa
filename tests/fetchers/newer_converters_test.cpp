// Converters that HAProxy 2.6 doesn't have: the words and examples of the reference, as tables.
#include <gtest/gtest.h>

#include "fetchers/wire/packet.hpp"
#include "tests/fetchers/harness.hpp"

namespace shunt::fetchers::test {
namespace {

using std::string_literals::operator""s;

// `@` in front of an expression stands for the input as bytes; "none" is no value.
struct Case {
  std::string expression;
  std::string input;
  std::string expected;
};

std::string evaluated(const std::string& expression, const std::string& input) {
  Bench bench;
  bench.context.request = {input, true, true};
  const std::string text =
      expression.starts_with('@') ? "req.payload(0,0)" + expression.substr(1) : expression;
  const auto id = bench.compile(text);
  if (!id) return "refused: " + bench.first_message();
  const Fetched fetched = bench.pool.evaluate(*id, bench.context, bench.sample);
  if (!fetched.found) return "none";
  return cast(bench.sample, SampleType::bin, bench.scratch) ? std::string(bench.sample.text) : "none";
}

// Values that are no text are compared as such.
std::string evaluated_text(const std::string& expression, const std::string& input) {
  Bench bench;
  bench.context.request = {input, true, true};
  const std::string text =
      expression.starts_with('@') ? "req.payload(0,0)" + expression.substr(1) : expression;
  const auto id = bench.compile(text);
  if (!id) return "refused: " + bench.first_message();
  const Fetched fetched = bench.pool.evaluate(*id, bench.context, SampleType::str, bench.sample);
  return fetched.found ? std::string(bench.sample.text) : "none";
}

class NewerConverter : public testing::TestWithParam<Case> {};

TEST_P(NewerConverter, Yields) {
  const Case& row = GetParam();
  EXPECT_EQ(evaluated_text(row.expression, row.input), row.expected) << row.expression << " <- " << row.input;
}

INSTANTIATE_TEST_SUITE_P(
    Texts, NewerConverter,
    testing::Values(Case{"@,base2", "\x05\xff", "0000010111111111"}, Case{"@,base2", "", ""},
                    Case{"bin(01020304050607),le2dec(:,2)", "", "513:1027:1541:7"},
                    Case{"bin(01020304050607),le2dec(-,2,1)", "", "513-1027-1541"},
                    Case{"bin(01020304050607),le2dec(,2,1)", "", "51310271541"},
                    Case{"bin(7f000001),le2dec(.,1)", "", "127.0.0.1"},
                    Case{"bin(ffffffffffffffff),le2dec(.,8)", "", "18446744073709551615"},
                    Case{"str(abc),reverse", "", "cba"}, Case{"str(),reverse", "", ""},
                    Case{"str(www.example.org),reverse_dom", "", "org.example.www"},
                    Case{"str(org),reverse_dom", "", "org"}, Case{"str(a..b),reverse_dom", "", "none"},
                    Case{"str(.a),reverse_dom", "", "none"}, Case{"str(a.),reverse_dom", "", "none"},
                    Case{"str(),reverse_dom", "", "none"}, Case{"str(a=b&c=d&a=r),param(a)", "", "b"},
                    Case{"str(a&b=c),param(a)", "", ""}, Case{"str(a=&b&c=a),param(b)", "", ""},
                    Case{"str(a=1;b=2;c=4),param(b,;)", "", "2"},
                    Case{"str(a=1;b=2;c=4),param(c,0x3b)", "", "4"},
                    Case{"str(ab=1&b=2),param(a)", "", "none"}, Case{"str(ab=1&b=2),param(b)", "", "2"},
                    Case{"str(),param(a)", "", "none"}));

INSTANTIATE_TEST_SUITE_P(
    ControlCharacters, NewerConverter,
    testing::Values(Case{"@,has_ctl", "plain text", "0"}, Case{"@,has_ctl", "a\tb", "0"},
                    Case{"@,has_ctl", "a\x01", "1"}, Case{"@,has_ctl", "a\x7f", "1"},
                    Case{"@,has_ctl(any)", "a\tb", "1"}, Case{"@,has_ctl(any)", "a b~\x80", "0"},
                    Case{"@,has_ctl(http)", "a\tb", "0"}, Case{"@,has_ctl(http)", "a\nb", "1"},
                    Case{"@,has_ctl(0x200)", "a\tb", "1"}, Case{"@,has_ctl(0x200)", "a\nb", "0"},
                    Case{"@,has_ctl(4294967296)", "\x7f", "1"}, Case{"@,has_ctl(1)", "a\0b"s, "1"},
                    Case{"@,has_ctl", "", "0"}));

INSTANTIATE_TEST_SUITE_P(
    Dates, NewerConverter,
    testing::Values(Case{"str('Sun, 06 Nov 1994 08:49:37 GMT'),date", "", "784111777"},
                    Case{"@,concat(),date", "Sun, 06 Nov 1994 08:49:37 GMT", "784111777"},
                    Case{"@,concat(),date", "Sunday, 06-Nov-94 08:49:37 GMT", "784111777"},
                    Case{"@,concat(),date", "Sun Nov  6 08:49:37 1994", "784111777"},
                    Case{"@,concat(),date", "Thu, 01 Jan 1970 00:00:00 GMT", "0"},
                    Case{"@,concat(),date", "Mon, 29 Feb 2016 12:00:00 GMT", "1456747200"},
                    Case{"@,concat(),date", "Wed, 31 Dec 1969 23:59:59 GMT", "-1"},
                    Case{"@,concat(),date", "Sun, 06 Nov 1994 24:49:37 GMT", "none"},
                    Case{"@,concat(),date", "Sun, 06 Nov 1994 08:49:37", "none"},
                    Case{"@,concat(),date", "Sun, 06 Nov 1994 08:49:37 GMTx", "none"},
                    Case{"@,concat(),date", "Xun, 06 Nov 1994 08:49:37 GMT", "none"},
                    Case{"@,concat(),date", "", "none"},
                    Case{"int(1700000000123),ms_utime(%Y-%m-%dT%H:%M:%S.%3N)", "", "2023-11-14T22:13:20.123"},
                    Case{"int(1700000000123),ms_utime(%N)", "", "123000000"},
                    Case{"int(1700000000123456),us_utime(%S.%6N)", "", "20.123456"},
                    Case{"int(1700000000123456),us_utime(%1N|%9N|%%N)", "", "1|123456000|%N"},
                    Case{"int(1000),ms_utime(%s,2000)", "", "3"},
                    Case{"int(5),us_utime(%6N)", "", "000005"}));

INSTANTIATE_TEST_SUITE_P(
    Forwarded, NewerConverter,
    testing::Values(
        Case{"@,concat(),rfc7239_field(host)", "proto=https;host=\"haproxy.org:80\"", "haproxy.org:80"},
        Case{"@,concat(),rfc7239_field(for)", "proto=https;host=\"haproxy.org:80\";for=\"127.0.0.1:9999\"",
             "127.0.0.1:9999"},
        Case{"@,concat(),rfc7239_field(by)", "proto=https", "none"},
        Case{"@,concat(),rfc7239_field(proto)", "Proto=HTTP", "HTTP"},
        Case{"@,concat(),rfc7239_is_valid", "for=127.0.0.1;proto=http", "1"},
        Case{"@,concat(),rfc7239_is_valid", "proto=custom", "0"},
        Case{"@,concat(),rfc7239_is_valid", "for=_hidden, for=_SEVKISEK", "1"},
        Case{"@,concat(),rfc7239_is_valid", "for=\"[2001:db8:cafe::17]:4711\"", "1"},
        Case{"@,concat(),rfc7239_is_valid", "for=\"[2001:db8:cafe::17]:99999\"", "0"},
        Case{"@,concat(),rfc7239_is_valid", "for=1.2.3.4;for=1.2.3.4", "0"},
        Case{"@,concat(),rfc7239_is_valid", "for=unknown;by=_x", "1"},
        Case{"@,concat(),rfc7239_is_valid", "for=", "0"}, Case{"@,concat(),rfc7239_is_valid", "for", "0"},
        Case{"@,concat(),rfc7239_is_valid", "for=1.2.3.4;", "0"},
        Case{"@,concat(),rfc7239_is_valid", "", "0"}, Case{"@,concat(),rfc7239_is_valid", "for=\"x", "0"},
        Case{"@,concat(),rfc7239_is_valid", "other=1", "0"},
        Case{"str(127.0.0.1:9999),rfc7239_n2nn", "", "127.0.0.1"},
        Case{"str(_name:_port),rfc7239_n2nn", "", "_name"}, Case{"str(unknown),rfc7239_n2nn", "", "unknown"},
        Case{"str([2001:db8::1]:80),rfc7239_n2nn", "", "2001:db8::1"},
        Case{"str(localhost),rfc7239_n2nn", "", "none"}, Case{"str(127.0.0.1:9999),rfc7239_n2np", "", "9999"},
        Case{"str(_name:_port),rfc7239_n2np", "", "_port"}, Case{"str(127.0.0.1),rfc7239_n2np", "", "none"},
        Case{"ipv4(127.0.0.1),rfc7239_nn", "", "127.0.0.1"}, Case{"ipv6(ab::1),rfc7239_nn", "", "[ab::1]"},
        Case{"str(name),rfc7239_nn", "", "_name"}, Case{"str(),rfc7239_nn", "", "unknown"},
        Case{"int(80),rfc7239_np", "", "80"}, Case{"str(p),rfc7239_np", "", "_p"}));

INSTANTIATE_TEST_SUITE_P(
    VerifyResults, NewerConverter,
    testing::Values(Case{"int(0),x509_v_err_str", "", "X509_V_OK"},
                    Case{"int(10),x509_v_err_str", "", "X509_V_ERR_CERT_HAS_EXPIRED"},
                    Case{"int(18),x509_v_err_str", "", "X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT"},
                    Case{"int(9999),x509_v_err_str", "", "9999"}, Case{"int(-1),x509_v_err_str", "", "-1"}));

// NIST SP 800-38A F.2.1 (its first block, with padding), and the GCM of the first test that has data in the
// paper of McGrew and Viega.
TEST(NewerCiphers, AnswerAsTheirTestVectors) {
  const std::string key = "K34VFiiu0qar9xWICc9PPA==", iv = "AAECAwQFBgcICQoLDA0ODw==";
  const std::string block = "\x6b\xc1\xbe\xe2\x2e\x40\x9f\x96\xe9\x3d\x7e\x11\x73\x93\x17\x2a";
  const std::string encrypted = evaluated("@,aes_cbc_enc(128," + iv + "," + key + ")", block);
  ASSERT_EQ(encrypted.size(), 32u);
  EXPECT_EQ(encrypted.substr(0, 16), "\x76\x49\xab\xac\x81\x19\xb2\x46\xce\xe9\x8e\x9b\x12\xe9\x19\x7d");
  EXPECT_EQ(evaluated("@,aes_cbc_dec(128," + iv + "," + key + ")", encrypted), block);
  EXPECT_EQ(evaluated("@,aes_cbc_dec(128," + iv + "," + key + ")", encrypted.substr(1)), "none");
  EXPECT_EQ(evaluated("@,aes_cbc_dec(256," + iv + "," + key + ")", encrypted), "none");  // key too short
  const std::string zeros(16, '\0');
  const std::string nonce = "AAAAAAAAAAAAAAAA", zero_key = "AAAAAAAAAAAAAAAAAAAAAA==";
  EXPECT_EQ(evaluated("@,aes_gcm_enc(128," + nonce + "," + zero_key + ",txn.tag)", zeros),
            "\x03\x88\xda\xce\x60\xb6\xa3\x92\xf3\x28\xc2\xb9\x71\xb2\xfe\x78");
  EXPECT_EQ(evaluated("@,aes_gcm_enc(128," + nonce + "," + zero_key + ",txn.tag),aes_gcm_dec(128," + nonce +
                          "," + zero_key + ",txn.tag)",
                      zeros),
            zeros);
  EXPECT_EQ(evaluated("@,aes_gcm_enc(128," + nonce + "," + zero_key +
                          ",txn.tag),set-var(txn.c),concat(,txn.tag),bytes(16)",
                      zeros)
                .substr(0, 0),
            "");
  EXPECT_EQ(evaluated("@,aes_gcm_enc(128," + nonce + "," + zero_key + ",txn.tag,eHg=),aes_gcm_dec(128," +
                          nonce + "," + zero_key + ",txn.tag,eHk=)",
                      zeros),
            "none");  // other additional data
}

const std::string frame =
    "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02\x81\x00\x20\x05\x08\x00"s          // Ethernet, VLAN 5
    "\x45\x10\x00\x3c\x1c\x46\x40\x00\x40\x06\x00\x00\xc0\x00\x02\x01\xcb\x00\x71\x07"s  // IPv4
    "\xa0\x10\x01\xbb\x00\x00\x00\x2a\x00\x00\x00\x00\xa0\x02\xfa\xf0\x00\x00\x00\x00"s  // TCP
    "\x02\x04\x05\xb4\x04\x02\x08\x0a\x00\x00\x01\x00\x00\x00\x00\x00\x01\x03\x03\x07"s;

INSTANTIATE_TEST_SUITE_P(
    Packets, NewerConverter,
    testing::Values(
        Case{"@,eth.dst,hex", frame, "020000000001"}, Case{"@,eth.src,hex", frame, "020000000002"},
        Case{"@,eth.proto", frame, "2048"}, Case{"@,eth.vlan", frame, "5"},
        Case{"@,eth.hdr,hex", frame, "020000000001020000000002810020050800"},
        Case{"@,eth.data,ip.ver", frame, "4"}, Case{"@,eth.data,ip.src", frame, "192.0.2.1"},
        Case{"@,eth.data,ip.dst", frame, "203.0.113.7"}, Case{"@,eth.data,ip.tos", frame, "16"},
        Case{"@,eth.data,ip.ttl", frame, "64"}, Case{"@,eth.data,ip.df", frame, "1"},
        Case{"@,eth.data,ip.proto", frame, "6"}, Case{"@,eth.data,ip.hdr,hex,length", frame, "40"},
        Case{"@,eth.data,ip.data,tcp.src", frame, "40976"}, Case{"@,eth.data,ip.data,tcp.dst", frame, "443"},
        Case{"@,eth.data,ip.data,tcp.seq", frame, "42"}, Case{"@,eth.data,ip.data,tcp.flags", frame, "2"},
        Case{"@,eth.data,ip.data,tcp.win", frame, "64240"},
        Case{"@,eth.data,ip.data,tcp.options.mss", frame, "1460"},
        Case{"@,eth.data,ip.data,tcp.options.sack", frame, "1"},
        Case{"@,eth.data,ip.data,tcp.options.tsopt", frame, "1"},
        Case{"@,eth.data,ip.data,tcp.options.tsval", frame, "256"},
        Case{"@,eth.data,ip.data,tcp.options.wscale", frame, "7"},
        Case{"@,eth.data,ip.data,tcp.options.wsopt", frame, "1"},
        Case{"@,eth.data,ip.data,tcp.options_list,hex", frame, "0204080103"}, Case{"@,ip.ver", "", "none"},
        Case{"@,eth.vlan", std::string(14, '\0'), "none"}, Case{"@,tcp.win", std::string(19, '\x50'), "none"},
        Case{"@,ip.src",
             "\x60" + std::string(5, '\0') + "\x3b\x40" + std::string(15, '\0') + "\x01" +
                 std::string(16, '\0'),
             "::1"}));

// Cut off anywhere, a header is none or a shorter one, and nothing beyond it is read.
TEST(PacketHeaders, AreReadAtEveryLength) {
  for (std::size_t size = 0; size <= frame.size(); ++size) {
    const std::string cut = frame.substr(0, size);
    EXPECT_EQ(wire::read_ethernet(cut).has_value(), size >= 18) << size;
    if (size < 18) continue;
    EXPECT_EQ(wire::read_ip(cut.substr(18)).has_value(), size >= 38) << size;
    if (size < 38) continue;
    EXPECT_EQ(wire::read_tcp(cut.substr(38)).has_value(), size >= 78) << size;
  }
}

}  // namespace
}  // namespace shunt::fetchers::test
