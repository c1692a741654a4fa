// The set reasoning of lints against plain evaluation: what is said to be covered or excluded is so for every
// value that is tried, and what must be recognised is.
#include <gtest/gtest.h>

#include <random>

#include "acl/fold.hpp"
#include "acl/text_match.hpp"
#include "analysis/lint/cover_index.hpp"
#include "analysis/lint/values.hpp"

namespace shunt::analysis::model {
namespace {

std::deque<std::string>& kept() {
  static std::deque<std::string> texts;
  return texts;
}

Test parsed(const std::string& text) {
  std::vector<Word> words;
  const std::string_view all = kept().emplace_back(text);
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = std::min(all.find(' ', at), all.size());
    words.push_back({.value = all.substr(at, end - at)});
    at = end + 1;
  }
  return read_test(words);
}

struct Pair {
  const char *outer, *inner;
  bool covered, excluded;
};

class Values : public ::testing::TestWithParam<Pair> {};

TEST_P(Values, AreCompared) {
  const model::Test outer = parsed(GetParam().outer), inner = parsed(GetParam().inner);
  EXPECT_EQ(covers(outer, inner), GetParam().covered);
  EXPECT_EQ(excludes(outer, inner), GetParam().excluded);
  EXPECT_EQ(excludes(inner, outer), GetParam().excluded);
}

constexpr Pair pairs[] = {
    {"req.ssl_sni -m end .a.b", "req.ssl_sni x.a.b", true, false},
    {"req.ssl_sni -m end .a.b", "req.ssl_sni a.b", false, true},
    {"req.ssl_sni -m end .a.b", "req.ssl_sni -m end x.a.b", true, false},
    {"req.ssl_sni -m end x.a.b", "req.ssl_sni -m end .a.b", false, false},
    {"req.ssl_sni -m end .a", "req.ssl_sni -m end .b", false, true},
    {"req.ssl_sni -m beg www.", "req.ssl_sni -m end .b", false, false},
    {"req.ssl_sni -m dom example", "req.ssl_sni www.example.com", true, false},
    {"req.ssl_sni -m dom example", "req.ssl_sni www.examples.com", false, true},
    {"req.ssl_sni -m sub xam", "req.ssl_sni -m beg example", true, false},
    {"req.ssl_sni -i A", "req.ssl_sni a", true, false},
    {"req.ssl_sni a", "req.ssl_sni -i a", false, false},
    {"req.ssl_sni 1.2", "req.ssl_sni -i 1.2", true, false},
    {"req.ssl_sni a b c", "req.ssl_sni c a", true, false},
    {"req.ssl_sni a b", "req.ssl_sni b c", false, false},
    {"req.ssl_sni -m found", "req.ssl_sni a", true, false},
    {"req.ssl_sni a", "req.ssl_sni -m found", false, false},
    {"req_ssl_sni a", "req.ssl_sni a", true, false},
    {"req.ssl_sni -m reg ^a", "req.ssl_sni -m reg ^a", true, false},
    {"req.ssl_sni -m reg ^a", "req.ssl_sni ab", false, false},
    {"path_beg /a", "path /a/b", true, false},
    {"path_beg /a", "path_beg /ab", true, false},
    {"path_beg /a", "path_beg /b", false, true},
    {"path_beg /a", "url_beg /ab", false, false},
    {"hdr(Host) a", "hdr(host) a", true, false},
    {"hdr(host) a", "hdr(host) b", false, false},  // a header can be there twice
    {"src 10.0.0.0/8", "src 10.1.0.0/16", true, false},
    {"src 10.0.0.0/8", "src 10.1.2.3", true, false},
    {"src 10.1.0.0/16", "src 10.0.0.0/8", false, false},
    {"src 10.0.0.0/8", "src 11.0.0.0/8", false, true},
    {"src 0.0.0.0/0", "src 10.0.0.1", true, false},
    {"src ::/0", "src 10.0.0.1", false, false},
    {"src 2001:db8::/32", "src 2001:db8:1::/48", true, false},
    {"src 10.0.0.0/8", "dst 10.0.0.0/8", false, false},
    {"dst_port 1:100", "dst_port 80", true, false},
    {"dst_port gt 100", "dst_port 200:300", true, false},
    {"dst_port gt 100", "dst_port lt 100", false, true},
    {"dst_port ge 100", "dst_port le 100", false, false},
    {"req.len gt 0", "req.len ge 5", true, false},
    {"path -m len 5", "path 12345", false, false},
    {"req.payload(0,2) -m bin 1603", "req.payload(0,2) -m bin 1603", true, false},
    {"rand(2) 0", "rand(2) 0", false, false},
    {"nbsrv(b) 0", "nbsrv(b) 0", false, false},  // may change in between
    {"ssl_fc", "ssl_fc", true, false},
    {"src -f list", "src 10.0.0.1", false, false},
    {"src name.example", "src name.example", false, false},
};
INSTANTIATE_TEST_SUITE_P(All, Values, ::testing::ValuesIn(pairs));

// ---- random patterns over a small alphabet, tried on all short texts

std::string random_text(std::mt19937& random, std::size_t longest) {
  std::string text;
  for (std::size_t left = random() % (longest + 1); left > 0; --left) text += "ab.A"[random() % 4];
  return text;
}

Test random_test(std::mt19937& random) {
  constexpr MatchMethod methods[] = {MatchMethod::str, MatchMethod::beg, MatchMethod::end,
                                     MatchMethod::sub, MatchMethod::dom, MatchMethod::dir};
  Test test = parsed("req.ssl_sni x");
  test.method = methods[random() % std::size(methods)];
  test.ignore_case = random() % 2 == 0;
  test.patterns.clear();
  for (std::size_t left = 1 + random() % 2; left > 0; --left) {
    const std::string_view text = kept().emplace_back(random_text(random, 4));
    test.patterns.push_back({.text = acl::trim_pattern(test.method, text)});
  }
  return test;
}

bool matches(const Test& test, std::string_view value) {
  for (const Pattern& pattern : test.patterns)
    if (acl::text_matches(test.method, value,
                          test.ignore_case ? acl::folded(pattern.text) : std::string(pattern.text),
                          test.ignore_case))
      return true;
  return false;
}

std::vector<std::string> all_texts() {
  std::vector<std::string> texts{""};
  for (std::size_t at = 0; at < texts.size(); ++at) {
    if (texts[at].size() == 5) break;
    for (const char c : {'a', 'b', '.', 'A'}) texts.push_back(texts[at] + c);
  }
  return texts;
}

TEST(RandomValues, BearOutWhatIsSaid) {
  std::mt19937 random(7);
  const auto texts = all_texts();
  int covered = 0, excluded = 0;
  for (int round = 0; round < 2000; ++round) {
    const model::Test outer = random_test(random), inner = random_test(random);
    const bool covering = covers(outer, inner), excluding = excludes(outer, inner);
    covered += covering, excluded += excluding;
    if (!covering && !excluding) continue;
    for (const std::string& text : texts) {
      const bool in = matches(inner, text), out = matches(outer, text);
      ASSERT_FALSE(covering && in && !out) << text;
      ASSERT_FALSE(excluding && in && out) << text;
    }
  }
  EXPECT_GT(covered, 50);
  EXPECT_GT(excluded, 20);
}

// ---- the index says what comparing with every earlier condition says

TEST(CoverIndex, FindsWhatComparingFinds) {
  std::mt19937 random(11);
  int found = 0;
  for (int round = 0; round < 200; ++round) {
    CoverIndex index;
    std::deque<Acl> acls;
    std::deque<Conjunction> earlier;
    for (std::uint32_t rule = 0; rule < 30; ++rule) {
      Acl& acl = acls.emplace_back();
      acl.tests.push_back(random_test(random));
      const Conjunction all{{.acl = &acl}};
      bool expected = true;
      for (const Pattern& pattern : acl.tests[0].patterns) {
        bool some = false;
        for (const Conjunction& each : earlier)
          for (const Pattern& wide : each[0].acl->tests[0].patterns)
            some = some || covers(PatternOf{each[0].acl->tests[0], wide}, PatternOf{acl.tests[0], pattern});
        expected = expected && some;
      }
      ASSERT_EQ(index.find(all).has_value(), expected);
      found += expected;
      index.add(earlier.emplace_back(all), rule);
    }
  }
  EXPECT_GT(found, 100);
}

TEST(CoverIndex, NeedsAllTermsOfTheEarlierRule) {
  std::deque<Acl> acls;
  const auto term = [&](const char* text, bool negated = false) {
    acls.emplace_back().tests.push_back(parsed(text));
    return Term{.negated = negated, .acl = &acls.back()};
  };
  const Conjunction narrow{term("path_beg /a"), term("src 10.0.0.0/8")};
  const Conjunction wide{term("path_beg /")};
  CoverIndex index;
  index.add(narrow, 0);
  EXPECT_FALSE(index.find({term("path /a/b")}));
  EXPECT_TRUE(index.find({term("path /a/b"), term("src 10.1.1.1")}));
  EXPECT_FALSE(index.find({term("path /a/b"), term("src 10.1.1.1", true)}));
  index.add(wide, 1);
  EXPECT_EQ(index.find({term("path /a/b")}), std::optional<std::uint32_t>(1));
}

TEST(CoverIndex, KnowsWhatEarlierRulesCoverTogether) {
  std::deque<Acl> acls;
  const auto one = [&](const char* text) {
    acls.emplace_back().tests.push_back(parsed(text));
    return Conjunction{{.acl = &acls.back()}};
  };
  const Conjunction first = one("path /a"), second = one("path_end .b");
  CoverIndex index;
  index.add(first, 0);
  index.add(second, 1);
  EXPECT_TRUE(index.find(one("path /a /x.b")));
  EXPECT_FALSE(index.find(one("path /a /x.c")));
}

}  // namespace
}  // namespace shunt::analysis::model
