// HTTP request heads in raw bytes: what fetches find in them, whole and cut at every byte. Values as HAProxy
// gave them.
#include <gtest/gtest.h>

#include "fetchers/wire/http_head.hpp"
#include "harness.hpp"

namespace shunt::fetchers::test {
namespace {

constexpr std::string_view request =
    "GET /p/a?a=1&b=2 HTTP/1.1\r\nHost: ex.org:80\r\nX-A: one, two\r\nX-A: three\r\nCookie: a=12; b=3\r\n"
    "X-Ip: 10.2.3.4\r\nContent-Length: 3\r\n\r\nabcdef";

struct Value {
  std::string_view expression;
  std::string_view value;
  std::string_view bytes = request;
};
class HttpHeadFetch : public testing::TestWithParam<Value> {};

TEST_P(HttpHeadFetch, HasItsValueOnceTheHeadIsThere) {
  const auto& [expression, value, bytes] = GetParam();
  Bench bench;
  bench.context.request.data = bytes;
  EXPECT_EQ(bench.verdict(std::string(expression)), value);
  const std::size_t head = bytes.find("\r\n\r\n");
  for (std::size_t size = 0; head != std::string_view::npos && size < head + 4; ++size) {
    bench.context.request.data = bytes.substr(0, size);
    ASSERT_EQ(bench.verdict(std::string(expression)), "waits") << size;
  }
}

constexpr std::string_view continued =
    "POST /f HTTP/1.1\r\nX-A:  sp  \r\nX-A: a\r\n b\r\nCookie: a=1; a=2,a=3\r\n\r\n";
constexpr std::string_view absolute =
    "GET http://1.2.3.4:81/x?q HTTP/1.1\r\nX-Ip: 5.6.7.8:99\r\nX-N: 12x\r\n\r\n";
constexpr std::string_view tunnel = "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n";

INSTANTIATE_TEST_SUITE_P(
    Measured, HttpHeadFetch,
    testing::Values(Value{"url", "/p/a?a=1&b=2"}, Value{"path", "/p/a"}, Value{"pathq", "/p/a?a=1&b=2"},
                    Value{"query", "a=1&b=2"}, Value{"base", "ex.org:80/p/a"},
                    Value{"baseq", "ex.org:80/p/a?a=1&b=2"}, Value{"base32", "3487708898"},
                    Value{"url32", "2056997230"}, Value{"req.ver", "1.1"},
                    Value{"req.hdr(host)", "ex.org:80"}, Value{"req.hdr(x-a)", "three"},
                    Value{"req.hdr(X-A,1)", "one"}, Value{"req.hdr(x-a,-2)", "two"},
                    Value{"req.hdr(x-a,9)", "none"}, Value{"req.hdr_cnt(x-a)", "3"},
                    Value{"req.fhdr(x-a,1)", "one, two"}, Value{"req.fhdr_cnt(x-a)", "2"},
                    Value{"req.fhdr_cnt", "8"}, Value{"req.hdr_cnt", "9"},
                    Value{"req.hdr_names", ":method,:path,host,x-a,x-a,cookie,x-ip,content-length"},
                    Value{"req.cook(a)", "12"}, Value{"req.cook_val(a)", "12"}, Value{"req.cook_cnt", "2"},
                    Value{"req.cook_names", "a,b"}, Value{"url_param(b)", "2"}, Value{"urlp_val(a)", "1"},
                    Value{"url_param", "1"}, Value{"url_param(A,,i)", "1"}, Value{"url_param(A)", "none"},
                    Value{"req.hdr_ip(x-ip)", "10.2.3.4"}, Value{"req.hdr_val(content-length)", "3"},
                    Value{"method", "GET"}, Value{"req.body_len", "0"}, Value{"url_ip", "none"},
                    Value{"query(with_qm)", "?a=1&b=2"}, Value{"req.hdr(x-a)", "a   b", continued},
                    Value{"req.hdr(x-a,1)", "sp", continued}, Value{"req.cook(a)", "3", continued},
                    Value{"url_ip", "1.2.3.4", absolute}, Value{"url_port", "81", absolute},
                    Value{"path", "/x", absolute}, Value{"req.hdr_ip(x-ip)", "5.6.7.8", absolute},
                    Value{"req.hdr_val(x-n)", "12", absolute}, Value{"req.hdr(host)", "h", tunnel},
                    Value{"path", "none", tunnel}, Value{"base32", "1228821030", tunnel}));

TEST(HttpHeadFetch, HasNoValueInOtherBytes) {
  Bench bench;
  for (const std::string_view bytes :
       {"SSH-2.0-x\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n", "\x16\x03\x01"}) {
    bench.context.request.data = bytes;
    EXPECT_EQ(bench.verdict("path"), "none") << bytes;
    EXPECT_EQ(bench.verdict("http_first_req"), "1");
  }
}

TEST(HttpHeadFetch, OldAndNewProtocolsHaveHeads) {
  Bench bench;
  bench.context.request.data = "GET /old\r\n";
  EXPECT_EQ(bench.verdict("req.ver"), "1.0");
  EXPECT_EQ(bench.verdict("req.fhdr_cnt"), "2");
  bench.context.request.data = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  EXPECT_EQ(bench.verdict("req.ver"), "2.0");
  EXPECT_EQ(bench.verdict("path"), "none");
}

TEST(HttpHeadFetch, HeadersAsOneValue) {
  Bench bench;
  bench.context.request.data = "GET / HTTP/1.1\r\nA: b\r\n\r\n";
  EXPECT_EQ(bench.verdict("req.hdrs"), ":method: GET\r\n:path: /\r\na: b\r\n\r\n");
  EXPECT_EQ(bench.verdict("req.hdrs_bin,hex"), "073A6D6574686F6403474554053A70617468012F016101620000");
}

// An ACL looks at every value.
TEST(HttpHeadFetch, ListsHaveSeveralValues) {
  Bench bench;
  bench.context.request.data = request;
  std::string all;
  for (bool more = true; more; ++bench.context.value_index) {
    all += *bench.value("req.hdr(x-a)") + ' ';
    more = bench.last.more;
  }
  EXPECT_EQ(all, "three two one ");
}

struct Authority {
  std::string_view line, host;
  bool right;
};
class HostOfUri : public testing::TestWithParam<Authority> {};

TEST_P(HostOfUri, MustBeTheHeaders) {
  wire::HttpHead head;
  const std::string bytes =
      std::string(GetParam().line) + " HTTP/1.1\r\nHost: " + std::string(GetParam().host) + "\r\n\r\n";
  EXPECT_EQ(wire::read_http_head(bytes, head) == wire::ReadState::found, GetParam().right) << bytes;
}

INSTANTIATE_TEST_SUITE_P(
    Measured, HostOfUri,
    testing::Values(Authority{"GET http://1.2.3.4:8080/x", "o", false},
                    Authority{"GET http://h/x", "h", true}, Authority{"GET http://H/x", "h", true},
                    Authority{"GET http://h:80/x", "h", true}, Authority{"GET http://h:80/x", "h:80", true},
                    Authority{"CONNECT h:443", "h", true}, Authority{"CONNECT h:8080", "h:8080", true},
                    Authority{"CONNECT h:443", "other", false}, Authority{"GET /x", "any", true}));

}  // namespace
}  // namespace shunt::fetchers::test
