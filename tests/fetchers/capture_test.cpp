// Capture slots: what is kept, what log lines and fetches make of it.
#include <gtest/gtest.h>

#include <array>

#include "fetchers/captures.hpp"
#include "harness.hpp"

namespace shunt::fetchers::test {
namespace {

using std::string_literals::operator""s;

class CaptureBench : public Bench {
 public:
  CaptureBench() { context.captures = &captures; }

  std::string line(const std::string& text) {
    const auto tree = parser::parse_log_format(word(text), sink);
    const auto format = tree ? compile_log_format(*tree, Place::fe_log_end, pool, sink) : std::nullopt;
    if (!format) return "ERROR " + first_message();
    LogRecord record;
    context.log = &record;
    std::string out;
    write(*format, pool, context, out);
    return out;
  }

  static constexpr std::array<std::uint32_t, 2> request{4, 300};
  static constexpr std::array<std::uint32_t, 1> response{3};
  Captures captures{request, response};
};

TEST(Captures, EmptySlotsShow) {
  CaptureBench bench;
  EXPECT_EQ(bench.line("%hr|%hs|%hrl|%hsl|%{+Q}hr|%{+Q}hrl"), "{|}|{}|- -|-|\"{|}\"|\"\" \"\"");
}

TEST(Captures, ConvertersPassOnWhatTheyStore) {
  CaptureBench bench;
  EXPECT_EQ(bench.value("str(abcdef),capture-req(0)"), "abcdef");
  EXPECT_EQ(bench.value("str(wxyz),capture-res(0),upper"), "WXYZ");
  EXPECT_EQ(bench.value("str(a),capture-req(2)"), std::nullopt);
  EXPECT_EQ(bench.line("%hr %hs"), "{abcd|} {wxy}");
  EXPECT_EQ(bench.value("capture.req.hdr(0)"), "abcd");
  EXPECT_EQ(bench.value("capture.req.hdr(1)"), std::nullopt);
  EXPECT_EQ(bench.value("capture.res.hdr(0)", Place::fe_log_end), "wxy");
}

// Measured: control bytes, bytes above 127 and what could end the list are written as numbers.
TEST(Captures, AreWrittenAsHaproxyDoes) {
  CaptureBench bench;
  EXPECT_TRUE(bench.captures.store(Message::request, 1, "a b\"#{|}[]\\'\xc3\xa9\x7f\x01"));
  EXPECT_EQ(bench.line("%{+Q}hrl"), "\"\" \"a b#22#23#7B#7C#7D[]\\'#C3#A9#7F#01\"");
  EXPECT_EQ(bench.line("%{+E}hr"), "{|a b#22#23#7B#7C#7D[\\]\\\\'#C3#A9#7F#01}");
}

TEST(Captures, EndAtTheFirstNul) {
  CaptureBench bench;
  EXPECT_TRUE(bench.captures.store(Message::request, 0, "a\0b"s));
  EXPECT_EQ(bench.captures.get(Message::request, 0), "a");
}

TEST(Captures, AFrontendWithoutSlotsHasNone) {
  CaptureBench bench;
  bench.context.captures = nullptr;
  EXPECT_EQ(bench.line("%hr|%{+Q}hr|%hrl|%hs|"), "||||");
  EXPECT_EQ(bench.value("str(a),capture-req(0)"), std::nullopt);
}

}  // namespace
}  // namespace shunt::fetchers::test
