// What counts as HTTP in a TCP stream, as HAProxy judged it.
#include <gtest/gtest.h>

#include <string>

#include "fetchers/wire/http_probe.hpp"

namespace shunt::fetchers::wire {
namespace {

constexpr ReadState yes = ReadState::found;
constexpr ReadState no = ReadState::absent;
constexpr ReadState wait = ReadState::incomplete;

struct Case {
  std::string_view bytes;
  ReadState state;
};
class HttpProbe : public testing::TestWithParam<Case> {};

TEST_P(HttpProbe, AgreesWithHaproxy) { EXPECT_EQ(probe_http_request(GetParam().bytes), GetParam().state); }

using std::string_view_literals::operator""sv;
INSTANTIATE_TEST_SUITE_P(
    Measured, HttpProbe,
    testing::Values(
        Case{"", wait}, Case{"GET / HTTP/1.1\r\nHost: a\r\n\r\n", yes}, Case{"GET / HTTP/1.0\n\n", yes},
        Case{"GET /\r\n", yes}, Case{"GET /\r", wait}, Case{"GET / \r\n", yes}, Case{"POST /\r\n", no},
        Case{"HEAD /\r\n", no}, Case{"FOO / HTTP/1.0\r\n\r\n", yes}, Case{"get / HTTP/1.1\r\n\r\n", yes},
        Case{"GET / http/1.1\r\n\r\n", no}, Case{"\r\n\r\nGET / HTTP/1.1\r\n\r\n", yes},
        Case{"GET / HTTP/2.0\r\n\r\n", yes}, Case{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", yes},
        Case{"foo bar baz\r\n", no}, Case{"SSH-2.0-x\r\n", no}, Case{"SSH-2.0-x\r", wait},
        Case{"GET / HTTP/1.1 \r\n\r\n", no}, Case{"GET / HTTP/1.1\r\nbad\r\n\r\n", no},
        Case{"GET / HTTP/1.1\r\nbad\r", no}, Case{"GET  /  HTTP/1.1\r\n\r\n", yes},
        Case{" GET / HTTP/1.1\r\n\r\n", no}, Case{"GET / HTTP/1.1\r\nA : b\r\n\r\n", no},
        Case{"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", yes}, Case{"GET / HTTP/1.1\r\n A: b\r\n\r\n", no},
        Case{"GET / HTTP/1.1\r\n:b\r\n\r\n", no}, Case{"GET / HTTP/1.1\r\nA: b\rc\r\n\r\n", no},
        Case{"GET / HTTP/1.1\r\nA: b\0c\r\n\r\n"sv, yes}, Case{"GET /\x80 HTTP/1.1\r\n\r\n", no},
        Case{"GET /a\t", wait}, Case{"GET /a\tb", no}, Case{"GET /\x01 HTTP/1.1\r\n\r\n", no},
        Case{"GET /#x HTTP/1.1\r\n\r\n", no}, Case{"GET / FTP/1.0\r\n\r\n", yes},
        Case{"G@T / HTTP/1.1\r\n\r\n", no}, Case{"\x16\x03\x01\0\x05"sv, no},
        Case{"GET / HTTP/1.1\r\n", wait}, Case{"GET / HTTP/1.1\r\nHost: a\r\n\r", wait},
        Case{"GET / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\n", yes},
        Case{"GET / HTTP/1.1\r\nContent-Length: 1, 2\r\n\r\n", no},
        Case{"GET / HTTP/1.1\r\nContent-Length:\r\n\r\n", no},
        Case{"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", no},
        Case{"GET / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n", no},
        Case{"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", yes},
        Case{"GET / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", yes},
        Case{"GET / HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", no},
        Case{"GET / HTTP/1.1\r\nTransfer-Encoding: foo\r\n\r\n", no},
        Case{"GET / HTTP/1.1\r\nTransfer-Encoding:\r\n\r\n", no},
        Case{"GET / HTTP/1.1\r\nTransfer-Encoding: foo\r\nTransfer-Encoding: chunked\r\n\r\n", yes},
        Case{"GET / HTTP/1.1\r\nHost: a\r\nhost: A\r\n\r\n", yes},
        Case{"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", no}));

TEST(HttpProbe, EveryBeginningOfAGoodRequestWaits) {
  const std::string request = "GET /index.html HTTP/1.1\r\nHost: a.test\r\nAccept: */*\r\n\r\n";
  for (std::size_t size = 0; size < request.size(); ++size)
    EXPECT_EQ(probe_http_request(request.substr(0, size)), wait) << size;
  EXPECT_EQ(probe_http_request(request), yes);
}

}  // namespace
}  // namespace shunt::fetchers::wire
