// Answers to HTTP requests of our own: whole, byte by byte and split anywhere, cut off, too large, garbage.
#include "runtime/http_answer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace shunt::runtime {
namespace {

using State = HttpAnswer::State;

// "200 type body", or what is wrong.
std::string told(const HttpAnswer& answer) {
  if (answer.state() == State::wants_more) return "more";
  if (answer.state() == State::bad) return "bad: " + std::string(answer.fault());
  return std::to_string(answer.status()) + ' ' + answer.content_type() + ' ' + answer.body();
}

std::string read(const std::vector<std::string>& pieces) {
  HttpAnswer answer;
  for (const std::string& piece : pieces) answer.feed(piece);
  answer.end();
  return told(answer);
}

std::string big(std::size_t size) { return std::string(size, 'x'); }

struct Case {
  std::string text, told;
};

class HttpAnswers : public ::testing::TestWithParam<Case> {};

TEST_P(HttpAnswers, AreReadHoweverTheyCome) {
  const auto& [text, expected] = GetParam();
  EXPECT_EQ(read({text}), expected);
  std::vector<std::string> bytes;
  for (const char c : text) bytes.emplace_back(1, c);
  EXPECT_EQ(read(bytes), expected);
  const std::size_t step = text.size() > 1000 ? 997 : 1;
  for (std::size_t at = 0; at <= text.size(); at += step)
    EXPECT_EQ(read({text.substr(0, at), text.substr(at)}), expected) << at;
}

INSTANTIATE_TEST_SUITE_P(
    All, HttpAnswers,
    ::testing::Values(
        Case{"HTTP/1.0 200 OK\r\nContent-Type: application/ocsp-response\r\n\r\nbody",
             "200 application/ocsp-response body"},
        Case{"HTTP/1.1 200 OK\r\ncontent-length: 4\r\nCONTENT-TYPE:Application/OCSP-response; "
             "x=y\r\n\r\nbodyrest",
             "200 application/ocsp-response body"},
        Case{"HTTP/1.1 200 OK\nContent-Length: 3\n\nabc", "200  abc"},
        Case{"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "200  "},
        Case{"HTTP/1.0 200 OK\r\n\r\n\r\n\r\n", "200  \r\n\r\n"},
        Case{"HTTP/1.0 503 Later\r\n\r\nno", "503  no"},
        Case{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbody", "bad: it ends in its body"},
        Case{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nbodybody",
             "bad: its length can't be read"},
        Case{"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "bad: its length can't be read"},
        Case{"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
             "bad: its length can't be read"},
        Case{"HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n", "bad: its body is too long"},
        Case{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
             "bad: its body is encoded"},
        Case{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "bad: it is no HTTP"},
        Case{"HTTP/1.1 2x0 OK\r\n\r\n", "bad: it is no HTTP"},
        Case{"HTTP/1.1 20\r\n\r\n", "bad: it is no HTTP"}, Case{"\r\n\r\n", "bad: it is no HTTP"},
        Case{"SSH-2.0-OpenSSH\r\n\r\n", "bad: it is no HTTP"},
        Case{"HTTP/1.1 200 OK\r\nContent-Le", "bad: it ends in its head"}, Case{"", "bad: there is none"},
        Case{std::string("HTTP/1.1 200 O\0K\r\nX: \0\xff\r\n\r\n", 27), "200  "},
        Case{"HTTP/1.1 200 OK\r\nX: " + big(HttpAnswer::largest_head), "bad: its head is too long"},
        Case{"HTTP/1.1 200 OK\r\n\r\n" + big(HttpAnswer::largest_body),
             "200  " + big(HttpAnswer::largest_body)},
        Case{"HTTP/1.1 200 OK\r\n\r\n" + big(HttpAnswer::largest_body + 1), "bad: its body is too long"}));

TEST(HttpAnswer, IsWholeBeforeTheConnectionEnds) {
  HttpAnswer answer;
  EXPECT_EQ(answer.feed("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbod"), State::wants_more);
  EXPECT_EQ(answer.feed("y"), State::whole);
  EXPECT_EQ(answer.feed("more"), State::whole);
  EXPECT_EQ(answer.body(), "body");
}

struct Place {
  std::string uri, told;
};

class HttpPlaces : public ::testing::TestWithParam<Place> {};

TEST_P(HttpPlaces, AreReadFromUris) {
  const auto place = HttpPlace::read(GetParam().uri);
  EXPECT_EQ(place
                ? place->host + ' ' + std::to_string(place->port) + ' ' + place->path + ' ' + place->authority
                : "none",
            GetParam().told);
}

INSTANTIATE_TEST_SUITE_P(
    All, HttpPlaces,
    ::testing::Values(
        Place{"http://a.test", "a.test 80 / a.test"}, Place{"HTTP://a.test/x?y", "a.test 80 /x?y a.test"},
        Place{"http://a.test:8080/", "a.test 8080 / a.test:8080"},
        Place{"http://a.test?x", "a.test 80 /?x a.test"}, Place{"http://a.test/#b", "a.test 80 / a.test"},
        Place{"http://[::1]:81/x", "::1 81 /x [::1]:81"}, Place{"http://[::1]", "::1 80 / [::1]"},
        Place{"http://a.test:", "a.test 80 / a.test:"}, Place{"https://a.test/", "none"},
        Place{"http://a.test:0/", "none"}, Place{"http://a.test:65536/", "none"},
        Place{"http://a.test:8x/", "none"}, Place{"http:///x", "none"}, Place{"http://", "none"},
        Place{"http://[::1/", "none"}, Place{"http://[::1]x/", "none"}, Place{"http://u@a.test/", "none"},
        Place{"http://a.test/ x", "none"}, Place{"http://a.test/\r\nX: y", "none"},
        Place{"ldap://a.test/", "none"}, Place{"", "none"}));

}  // namespace
}  // namespace shunt::runtime
