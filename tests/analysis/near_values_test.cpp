// Values near patterns: the first one matches what the pattern's own method says, numbers and networks have
// both borders.
#include "analysis/diff/near_values.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

namespace shunt::analysis {
namespace {

using acl::MatchMethod;
using ::testing::Contains;
using ::testing::ElementsAre;

bool matches(MatchMethod method, const std::string& pattern, const std::string& value) {
  parser::DiagnosticSink sink;
  const auto set = acl::PatternSet::build({.method = method}, {{.text = pattern}}, sink);
  fetchers::Scratch scratch;
  fetchers::Sample sample;
  sample.set_string(value);
  if (!cast(sample, acl::method_input(method), scratch)) return false;
  return set->match(sample) != acl::PatternSet::no_entry;
}

struct Case {
  MatchMethod method;
  const char* pattern;
};

class Near : public ::testing::TestWithParam<Case> {};

TEST_P(Near, FirstMatchesAndOneDoesNot) {
  const auto [method, pattern] = GetParam();
  const auto texts = texts_near(method, pattern);
  ASSERT_FALSE(texts.empty());
  EXPECT_TRUE(matches(method, pattern, texts.front())) << texts.front();
  EXPECT_TRUE(std::ranges::any_of(texts, [&](const auto& text) { return !matches(method, pattern, text); }));
}

INSTANTIATE_TEST_SUITE_P(Methods, Near,
                         ::testing::Values(Case{MatchMethod::str, "www.example.com"},
                                           Case{MatchMethod::str, "a"}, Case{MatchMethod::beg, "www."},
                                           Case{MatchMethod::end, ".example.com"},
                                           Case{MatchMethod::sub, "ample"}, Case{MatchMethod::dom, "example"},
                                           Case{MatchMethod::dir, "img"}, Case{MatchMethod::len, "5:7"},
                                           Case{MatchMethod::reg, "^(www|api)\\.example\\.com$"}));

TEST(NearText, AsksForTheOtherCaseAndForLabels) {
  const auto texts = texts_near(MatchMethod::str, "a.example");
  EXPECT_THAT(texts, Contains("A.EXAMPLE"));
  EXPECT_THAT(texts, Contains("x.a.example"));
  EXPECT_THAT(texts, Contains("example"));
  EXPECT_THAT(texts_near(MatchMethod::end, "example.com"), Contains("xexample.com"));  // the stranger
}

TEST(NearText, BytesComeFromDigits) {
  EXPECT_EQ(texts_near(MatchMethod::bin, "5353").front(), "SS");
  EXPECT_TRUE(texts_near(MatchMethod::bin, "5x").empty());
}

TEST(NearNumber, HasBothBorders) {
  EXPECT_THAT(numbers_near("10:20"), ElementsAre(10, 20, 15, 9, 21));
  EXPECT_THAT(numbers_near("5"), ElementsAre(5, 4, 6));
  EXPECT_THAT(numbers_near("10:"), ElementsAre(10, 9));
  EXPECT_TRUE(numbers_near("x").empty());
}

std::vector<std::string> near_network(std::string_view pattern) {
  std::vector<std::string> texts;
  for (const fetchers::Endpoint& end : addresses_near(pattern)) texts.push_back(to_string(end));
  return texts;
}

TEST(NearNetwork, HasBothBorders) {
  EXPECT_THAT(near_network("10.0.0.0/8"),
              ElementsAre("10.0.0.1", "10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"));
  EXPECT_THAT(near_network("192.0.2.7"), ElementsAre("192.0.2.7", "192.0.2.6", "192.0.2.8"));
  EXPECT_THAT(near_network("0.0.0.0/0"), ElementsAre("0.0.0.1", "0.0.0.0", "255.255.255.255"));
  EXPECT_THAT(near_network("2001:db8::/32"), Contains("2001:db9::"));
  EXPECT_TRUE(near_network("name.example").empty());
}

TEST(TextOfRegex, Matches) {
  for (const char* expression :
       {"^(www|api)\\.example\\.com$", "[^.]+\\.x", "a{3}b*c?", "^\\d+-[a-f]$", "x|y"}) {
    const auto text = text_of_regex(expression);
    ASSERT_TRUE(text) << expression;
    EXPECT_TRUE(std::regex_search(*text, std::regex(expression))) << expression << " on " << *text;
  }
}

TEST(TextOfRegex, GivesUp) {
  for (const char* expression : {"(?=x)", "[[:alpha:]]", "(a", "[a", "a{2", "*", "\\p{L}", "a)"})
    EXPECT_FALSE(text_of_regex(expression)) << expression;
}

}  // namespace
}  // namespace shunt::analysis
