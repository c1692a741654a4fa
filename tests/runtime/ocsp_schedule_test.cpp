// When OCSP responses are fetched again, and how they are asked for.
#include "runtime/ocsp_schedule.hpp"

#include <gtest/gtest.h>

#include "runtime/ocsp_request.hpp"

namespace shunt::runtime {
namespace {

constexpr graph::FetchingDelays usual{};

TEST(OcspSchedule, BeforeTheResponseEnds) {
  EXPECT_EQ(until_next(usual, 1000, 1000 + 1000), 900);
  EXPECT_EQ(until_next(usual, 1000, 1000 + 100000), 3600) << "the longest delay";
  EXPECT_EQ(until_next(usual, 1000, 1000 + 10), 300) << "the shortest delay";
  EXPECT_EQ(until_next(usual, 1000, 500), 300) << "it is over";
  EXPECT_EQ(until_next(usual, 1000, 0), 300) << "it doesn't say";
  EXPECT_EQ(until_next({.shortest = 7, .longest = 7}, 0, 1000000), 7);
}

TEST(OcspSchedule, FailuresAreFollowedByLongerAndLongerWaits) {
  EXPECT_EQ(until_retry(usual, 1), 300);
  EXPECT_EQ(until_retry(usual, 2), 600);
  EXPECT_EQ(until_retry(usual, 4), 2400);
  EXPECT_EQ(until_retry(usual, 5), 3600);
  EXPECT_EQ(until_retry(usual, 4000000000), 3600);
  EXPECT_EQ(until_retry({.shortest = 0xffffffff, .longest = 0xffffffff}, 40), 0xffffffff);
}

TEST(OcspRequest, ShortQuestionsStandInThePath) {
  const auto place = *HttpPlace::read("http://ocsp.test:8080/ca");
  const HttpRequest request = ocsp_request(place, "\xfb\xff\xfe?", std::nullopt);
  EXPECT_EQ(request.host, "ocsp.test");
  EXPECT_EQ(request.port, 8080);
  EXPECT_EQ(request.bytes,
            "GET /ca/%2B%2F%2F%2BPw%3D%3D HTTP/1.0\r\nHost: ocsp.test:8080\r\nUser-Agent: shunt\r\n"
            "Connection: close\r\n\r\n");
}

TEST(OcspRequest, LongOnesAreTheBody) {
  const std::string question(200, 'q');
  const HttpRequest request = ocsp_request(*HttpPlace::read("http://ocsp.test"), question, std::nullopt);
  EXPECT_EQ(request.bytes,
            "POST / HTTP/1.0\r\nHost: ocsp.test\r\nUser-Agent: shunt\r\nConnection: close\r\n"
            "Content-Type: application/ocsp-request\r\nContent-Length: 200\r\n\r\n" +
                question);
  const HttpRequest other = ocsp_request(*HttpPlace::read("http://ocsp.test/?ca=1"), "q", std::nullopt);
  EXPECT_EQ(other.bytes.substr(0, 20), "POST /?ca=1 HTTP/1.0");
}

TEST(OcspRequest, ProxiesAreToldTheWholePlace) {
  const auto through = [](const char* text) {
    return ocsp_request(*HttpPlace::read("http://ocsp.test:81/ca/"), "q",
                        parser::parse_address(text).value());
  };
  EXPECT_EQ(through("192.0.2.1:3128").host, "192.0.2.1");
  EXPECT_EQ(through("192.0.2.1:3128").port, 3128);
  EXPECT_EQ(through("192.0.2.1").port, 80);
  EXPECT_EQ(through("[2001:db8::1]:3128").host, "2001:db8::1");
  EXPECT_EQ(through("proxy.test:3128").host, "proxy.test");
  EXPECT_TRUE(
      through("192.0.2.1")
          .bytes.starts_with("GET http://ocsp.test:81/ca/cQ%3D%3D HTTP/1.0\r\nHost: ocsp.test:81\r\n"));
}

}  // namespace
}  // namespace shunt::runtime
