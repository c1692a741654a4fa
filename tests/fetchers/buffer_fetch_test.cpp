// Fetches of buffered bytes: value, "none" or "waits", while more can come and when nothing more can.
#include <gtest/gtest.h>

#include "fetchers/tls_view.hpp"
#include "harness.hpp"

namespace shunt::fetchers::test {
namespace {

using std::string_view_literals::operator""sv;

struct Case {
  std::string_view expression;
  std::string_view bytes;
  std::string_view open;    // more may come
  std::string_view closed;  // nothing more can come
};
class BufferFetch : public testing::TestWithParam<Case> {};

TEST_P(BufferFetch, KnowsWhetherItMayChange) {
  const Case& test = GetParam();
  Bench bench;
  bench.context.request.data = test.bytes;
  bench.context.final = false;
  EXPECT_EQ(bench.verdict(std::string(test.expression)), test.open) << test.expression;
  bench.context.request.complete = true;
  bench.context.final = true;
  EXPECT_EQ(bench.verdict(std::string(test.expression)), test.closed) << test.expression;
}

INSTANTIATE_TEST_SUITE_P(
    Measured, BufferFetch,
    testing::Values(
        Case{"req.len", "", "0...", "0"}, Case{"req.len", "abc", "3...", "3"},
        Case{"req_len", "abc", "3...", "3"}, Case{"payload(0,3)", "ab", "waits", "none"},
        Case{"payload(0,3)", "abcd", "abc", "abc"}, Case{"payload(2,2)", "abcd", "cd", "cd"},
        Case{"payload(0,0)", "", "...", ""}, Case{"payload(0,0)", "ab", "ab...", "ab"},
        Case{"payload(3,0)", "ab", "waits", "none"}, Case{"payload(0,17000)", "ab", "none", "none"},
        Case{"payload(2,16382)", "ab", "waits", "none"}, Case{"payload(2,16383)", "ab", "none", "none"},
        Case{"payload(-1,1)", "ab", "none", "none"}, Case{"payload(0,-1)", "ab", "none", "none"},
        Case{"payload_lv(0,2)", "\0"sv, "waits", "none"},
        Case{"payload_lv(0,2)", "\0\3ab"sv, "waits", "none"},
        Case{"payload_lv(0,2)", "\0\3abcd"sv, "abc", "abc"},
        Case{"payload_lv(0,2)", "\0\0abcd"sv, "none", "none"},
        Case{"payload_lv(0,2)", "\xff\xff"sv, "none", "none"},
        Case{"payload_lv(0,2,+1)", "\0\3abcd"sv, "bcd", "bcd"},
        Case{"payload_lv(0,2,-1)", "\0\3abcd"sv, "\3ab", "\3ab"},
        Case{"payload_lv(0,2,3)", "\0\2abcd"sv, "bc", "bc"}, Case{"wait_end", "abc", "waits", "1"},
        Case{"req.proto_http", "GET / H", "waits", "none"}, Case{"req.proto_http", "GET /\r\n", "1", "1"},
        Case{"req.proto_http", "SSH-2.0-x\r\n", "none", "none"},
        Case{"req.ssl_sni", "\x16\x03", "waits", "none"}, Case{"req.ssl_sni", "GET", "none", "none"},
        Case{"req.ssl_hello_type", "\x16\x03\x01\0\x04\x02\0\0\0"sv, "2", "2"},
        Case{"req.ssl_ver", "\x16\x03\x01\0\x06\x01\0\0\x02\x03\x03"sv, "196611", "196611"},
        Case{"req.rdp_cookie", "???????????Cookie: mstshash=joe\r\n", "joe", "joe"},
        Case{"req.rdp_cookie(other)", "???????????Cookie: mstshash=joe\r\n", "none", "none"},
        Case{"req.rdp_cookie_cnt", "???????????Cookie: a=\r\n", "1", "1"},
        Case{"rdp_cookie_cnt", "???????????Kookie: a=\r\n", "0", "0"},
        Case{"req.rdp_cookie_cnt", "???", "waits", "0"}));

TEST(BufferFetch, WhereTheBufferCantBeReadThereIsNothing) {
  Bench bench;
  bench.context.request = {};
  for (const char* expression :
       {"req.len", "payload(0,0)", "req.ssl_sni", "req.proto_http", "req.rdp_cookie"})
    EXPECT_EQ(bench.verdict(expression), "none") << expression;
}

TEST(ConnectionFetch, ReadsTheView) {
  Bench bench;
  EXPECT_EQ(bench.verdict("src"), "192.0.2.1");
  EXPECT_EQ(bench.verdict("src_port"), "1234");
  EXPECT_EQ(bench.verdict("dst"), "127.0.0.1");
  EXPECT_EQ(bench.verdict("dst_port"), "443");
  EXPECT_EQ(bench.verdict("fc_rcvd_proxy"), "0");
  EXPECT_EQ(bench.verdict("ssl_fc"), "0");
  EXPECT_EQ(bench.verdict("ssl_fc_sni"), "none");
}

TEST(ConnectionFetch, UnixClientsHaveNoAddress) {
  Bench bench;
  bench.client.from = {.family = Family::unix_socket};
  EXPECT_EQ(bench.verdict("src"), "none");
  EXPECT_EQ(bench.verdict("src_port"), "none");
}

TEST(ConnectionFetch, ProxyTlvsAreFoundByType) {
  Bench bench;
  bench.client.tlvs = std::string(
      "\x04\0\x01x\x02\0\x08"
      "foo.test\x05\0\x02id",
      20);
  EXPECT_EQ(bench.verdict("fc_pp_authority"), "foo.test");
  EXPECT_EQ(bench.verdict("fc_pp_unique_id"), "id");
  bench.client.tlvs.resize(10);
  EXPECT_EQ(bench.verdict("fc_pp_authority"), "none");
}

struct Tls : TlsView {
  [[nodiscard]] bool active() const override { return true; }
  [[nodiscard]] std::optional<std::string_view> sni() const override { return "a.test"; }
};

TEST(TlsFetch, ReadsTheView) {
  Bench bench;
  const Tls tls;
  bench.context.client_tls = &tls;
  EXPECT_EQ(bench.verdict("ssl_fc"), "1");
  EXPECT_EQ(bench.verdict("ssl_fc_sni"), "a.test");
  EXPECT_EQ(bench.verdict("ssl_fc_has_sni"), "1");
  EXPECT_EQ(bench.verdict("ssl_fc_alpn"), "none");
}

}  // namespace
}  // namespace shunt::fetchers::test
