// Every match method over tables of values and patterns, indexed and one by one; the expectations were seen
// with HAProxy 2.6.
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "acl/pattern_set.hpp"

namespace shunt::acl {
namespace {

using fetchers::Sample;
using fetchers::SampleType;
using namespace std::string_view_literals;

constexpr std::uint32_t none = PatternSet::no_entry;

std::vector<PatternText> split(std::string_view text) {
  std::vector<PatternText> patterns;
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;) patterns.push_back({.text = word});
  return patterns;
}

std::shared_ptr<const PatternSet> build(PatternOptions options, std::string_view patterns) {
  parser::DiagnosticSink sink;
  auto set = PatternSet::build(options, split(patterns), sink);
  EXPECT_FALSE(sink.has_errors()) << patterns;
  return set;
}

// The value as the method's input type.
Sample sample_for(MatchMethod method, std::string_view text) {
  fetchers::Scratch scratch;
  Sample sample;
  sample.set_string(text);
  EXPECT_TRUE(cast(sample, method_input(method), scratch)) << text;
  return sample;
}

struct Case {
  std::string_view method;
  std::string_view value;
  std::string_view patterns;
  std::uint32_t entry;
  bool ignore_case = false;
};

void PrintTo(const Case& one, std::ostream* out) {
  *out << "-m " << one.method << (one.ignore_case ? " -i " : " ") << one.patterns << " on '" << one.value
       << "'";
}

class Matching : public ::testing::TestWithParam<std::tuple<Case, bool>> {};

TEST_P(Matching, AnswersWithTheEntry) {
  const auto& [one, index] = GetParam();
  const auto method = find_method(one.method);
  ASSERT_TRUE(method.has_value());
  const auto set = build({.method = *method, .ignore_case = one.ignore_case, .index = index}, one.patterns);
  EXPECT_EQ(set->match(sample_for(*method, one.value)), one.entry);
}

#define CASES(name, ...)                   \
  INSTANTIATE_TEST_SUITE_P(name, Matching, \
                           ::testing::Combine(::testing::Values(__VA_ARGS__), ::testing::Bool()))

CASES(Exact, Case{"str", "a", "a b a A", 0}, Case{"str", "A", "a b a A", 3}, Case{"str", "b", "a b", 1},
      Case{"str", "c", "a b", none}, Case{"str", "", "a", none}, Case{"str", "abc", "ab abcd", none},
      Case{"str", "ABC", "abc", none}, Case{"str", "ABC", "x abc", 1, true},
      Case{"str", "abc", "ABC", 0, true}, Case{"str", "\xc3\xa9", "\xc3\x89", none, true},
      Case{"str", "a@[`{z", "A@[`{Z", 0, true}, Case{"str", "@", "`", none, true},
      Case{"str", "[", "{", none, true}, Case{"str", "a\0b"sv, "a", 0},
      Case{"str", "a\0b"sv, "a", none, true},
      Case{"str", "twenty-five-letters.example", "x TWENTY-FIVE-letters.example", 1, true},
      Case{"str", "twenty-five-letters.example", "twenty-five-letters.examplf", none, true});

CASES(Prefix, Case{"beg", "abcx", "a abc ab abc abcd", 1}, Case{"beg", "abcdx", "a abc ab abc abcd", 4},
      Case{"beg", "abx", "a abc ab abc abcd", 2}, Case{"beg", "ax", "a abc ab", 0},
      Case{"beg", "x", "a abc", none}, Case{"beg", "abc", "abcd", none}, Case{"beg", "abc", "abc", 0},
      Case{"beg", "ABC", "ab", none}, Case{"beg", "ABC", "ab", 0, true},
      Case{"beg", "ABCD", "a abc ab", 0, true}, Case{"beg", "", "a", none});

CASES(Suffix, Case{"end", "xabc", "c bc c abc", 0}, Case{"end", "bc", "abc bc c", 1},
      Case{"end", "abc", "xabc", none}, Case{"end", "ABC", "bc", none}, Case{"end", "ABC", "bc", 0, true},
      Case{"end", "a\0b"sv, "b", 0}, Case{"end", "a\0b"sv, "a", none},
      Case{"end", "www.example.com", ".org .com .example.com", 1});

CASES(Substring, Case{"sub", "abc", "b ab abc", 0}, Case{"sub", "xabc", "bd abc", 1},
      Case{"sub", "abc", "abcd", none}, Case{"sub", "aXb", "xb", none}, Case{"sub", "aXb", "xb", 0, true},
      Case{"sub", "aBc", "bC", 0, true}, Case{"sub", "", "a", none}, Case{"sub", "a\0b"sv, "b", 0});

CASES(Domain, Case{"dom", "www.example.com:80", "example.com", 0},
      Case{"dom", "www.example.com:80", ".example.com.", 0}, Case{"dom", "www.example.com:80", "example", 0},
      Case{"dom", "www.example.com:80", "ample", none}, Case{"dom", "www.example.com:80", "com:80", 0},
      Case{"dom", "www.example.com:80", "com/80", none},
      Case{"dom", "www.example.com:80", "www.example.com:80", 0},
      Case{"dom", "www.example.com:80", "WWW.example", 0, true}, Case{"dom", "www..com", "www.com", none},
      Case{"dom", "www..com", "www..com", 0}, Case{"dom", "a.b", ".", none}, Case{"dom", "a..b", ".", none},
      Case{"dom", ".", ".", 0}, Case{"dom", "..", ".", 0}, Case{"dom", "a.", ".", 0},
      Case{"dom", ".a", ".", none}, Case{"dom", "", ".", 0}, Case{"dom", "/", ".", 0},
      Case{"dom", "aa.a", "a", 0}, Case{"dom", "http://www1.dc-eu.example.com:80/blah", "eu dc :www1:", 2},
      Case{"dom", "http://h/blah?x", "?x", 0}, Case{"dom", "http://h/blah&x", "blah", none},
      Case{"dom", "a=b;c", "a b c", none}, Case{"dom", "xa.b", "a.b", none}, Case{"dom", "a.bx", "a.b", none},
      Case{"dom", "a.b.bx.a.b", "b.bx", 0}, Case{"dom", "www.example.com", "com example.com www", 0},
      Case{"dom", "a?b", "a.b", none}, Case{"dom", "a?b", "a?b", 0});

CASES(Directory, Case{"dir", "x/a/b/y", "a/b", 0}, Case{"dir", "x/a/b/y", "/a/b/", 0},
      Case{"dir", "x/a/b/y", "y/", 0}, Case{"dir", "x/a/b/y", "/", none}, Case{"dir", "x/a/b/y", "//a", 0},
      Case{"dir", "x//a/b/y", "x/a", none}, Case{"dir", "x/a.b/y", "a", none}, Case{"dir", "x?a", "a", 0},
      Case{"dir", "/images/png/logo/32x32.png", "32x32 32x32.png", 1}, Case{"dir", "/images/png?x", "png", 0},
      Case{"dir", "x/A/b", "a/B", 0, true}, Case{"dir", "a.b", "b", none}, Case{"dir", "/", "/", 0},
      Case{"dir", "/a/b", "b a a/b", 0});

CASES(Regex, Case{"reg", "abc", "b a.*", 0}, Case{"reg", "aBc", "b", none}, Case{"reg", "aBc", "b", 0, true},
      Case{"reg", "a", "^(b)$ ^(a|b)$", 1}, Case{"reg", "abc", "(?i)B", 0}, Case{"reg", "abc", "\\x61", 0},
      Case{"reg", "", "x", none}, Case{"reg", "", "^$", 0}, Case{"reg", "a\0b"sv, "a$", none},
      Case{"reg", "a\0b"sv, "b", 0});

CASES(Binary, Case{"bin", "abc", "616263", 0}, Case{"bin", "abc", "6162 61626364", none},
      Case{"bin", "ab", "6363 6162", 1}, Case{"bin", "a\0b"sv, "61 610062", 1},
      Case{"bin", "AB", "6162", none, true}, Case{"bin", "\xff", "fF", 0});

CASES(Length, Case{"len", "abc", "3", 0}, Case{"len", "abc", "1 2:4", 1}, Case{"len", "", "0", 0},
      Case{"len", "abc", "4:", none}, Case{"len", "a\0b"sv, "3", 0});

CASES(Integer, Case{"int", "5", "5 1:9 5", 0}, Case{"int", "4", "5 1:9 3:7", 1},
      Case{"int", "50", "5 1:9 0:100", 2}, Case{"int", "5x", "5", 0}, Case{"int", "x", "0", 0},
      Case{"int", "-9", ":-9", 0}, Case{"int", "-8", ":-9", none},
      Case{"int", "9223372036854775807", "1:", 0}, Case{"int", "-9223372036854775808", ":5", 0},
      Case{"int", "9223372036854775807", "9223372036854775807", 0}, Case{"int", "6", "7: :5", none});

CASES(Truth, Case{"bool", "5", "", 0}, Case{"bool", "0", "", none}, Case{"bool", "true", "", none},
      Case{"bool", "0", "0 false", none}, Case{"found", "", "", 0}, Case{"found", "x", "y z", 0});

CASES(Address4, Case{"ip", "1.2.3.4", "1.2.3.4", 0}, Case{"ip", "1.2.3.4", "1.2.3.5/31", 0},
      Case{"ip", "9.2.3.4", "1.2.3.4/0", 0}, Case{"ip", "1.2.3.4", "1.9.3.9/255.0.255.0", 0},
      Case{"ip", "1.2.4.4", "1.9.3.9/255.0.255.0", none}, Case{"ip", "1.2.3.4", "::/0", 0},
      Case{"ip", "1.2.3.4", "::1.2.3.4", none}, Case{"ip", "1.2.3.4", "::ffff:1.2.3.4", 0},
      Case{"ip", "1.2.3.4", "::ffff:1.2.3.0/120", 0}, Case{"ip", "1.2.3.4", "2002:0102:0304::", none},
      Case{"ip", "1.2.3.4", "::ffff:0:0/96", 0}, Case{"ip", "1.2.3.4", "::/64", 0},
      Case{"ip", "255.255.255.255", "255.255.255.255", 0}, Case{"ip", "0.0.0.0", "0.0.0.0", 0});

CASES(Address6, Case{"ip", "::1", "0.0.0.0/0", 0}, Case{"ip", "2001::1", "0.0.0.0/0", none},
      Case{"ip", "::ffff:1.2.3.4", "1.2.3.4", 0}, Case{"ip", "::1.2.3.4", "1.2.3.4", 0},
      Case{"ip", "2002:0102:0304::", "1.2.3.4", 0}, Case{"ip", "2002:0102:0304:5::9", "1.2.3.4", 0},
      Case{"ip", "2002:0102:0304::1", "1.2.3.0/24", 0}, Case{"ip", "::1", "0.0.0.1", 0},
      Case{"ip", "::1:5", "::1:0/112", 0}, Case{"ip", "::5", "::1:0/112", none},
      Case{"ip", "::1.2.3.4", "1.9.3.9/255.0.255.0", 0},
      Case{"ip", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/1 8000::/1", 1});

constexpr std::string_view networks =
    "10.0.0.0/8 10.1.0.0/16 10.1.2.3 0.0.0.0/0 10.1.0.0/16 10.0.3.0/255.0.255.0 ::/0 ::ffff:10.1.2.3 "
    "::ffff:0:0/96 2001:db8::/32";

CASES(AddressEntries, Case{"ip", "10.1.2.3", networks, 2}, Case{"ip", "10.1.9.9", networks, 1},
      Case{"ip", "10.9.3.9", networks, 0}, Case{"ip", "11.1.1.1", networks, 3},
      Case{"ip", "10.1.3.9", networks, 1}, Case{"ip", "::ffff:10.1.2.3", networks, 7},
      Case{"ip", "::ffff:10.1.9.9", networks, 8}, Case{"ip", "2001:db8::1", networks, 9},
      Case{"ip", "2002:0a01:0203::", networks, 6}, Case{"ip", "3000::1", networks, 6},
      Case{"ip", "10.1.2.3", "::/0 10.0.0.0/8 ::ffff:0:0/96", 1},
      Case{"ip", "11.1.2.3", "::/0 10.0.0.0/8 ::ffff:0:0/96", 2},
      Case{"ip", "::ffff:10.1.2.3", "::/0 10.0.0.0/8 ::ffff:0:0/96", 2},
      Case{"ip", "10.1.3.3", "10.0.3.0/255.0.255.0 10.0.0.0/8", 1},
      Case{"ip", "10.1.3.3", "10.0.3.0/255.0.255.0 ::/0", 1});

struct Fault {
  std::string_view method;
  std::string_view patterns;
  std::string_view code;
  std::string_view message;
  std::size_t kept;
};

class FaultyPatterns : public ::testing::TestWithParam<Fault> {};

TEST_P(FaultyPatterns, AreReportedAndLeftOut) {
  parser::DiagnosticSink sink;
  const auto set =
      PatternSet::build({.method = *find_method(GetParam().method)}, split(GetParam().patterns), sink);
  ASSERT_EQ(sink.all().size(), 1u);
  EXPECT_EQ(sink.all()[0].code->name, GetParam().code);
  EXPECT_EQ(sink.all()[0].message, GetParam().message);
  EXPECT_EQ(set->entries().size(), GetParam().kept);
}

INSTANTIATE_TEST_SUITE_P(
    Table, FaultyPatterns,
    ::testing::Values(
        Fault{"int", "5 foo 7", "invalid-number-pattern", "'foo' is not a number", 2},
        Fault{"len", "x", "invalid-number-pattern", "'x' is not a number", 0},
        Fault{"ip", "1.2.3.4 ::1/129", "invalid-address-pattern",
              "'::1/129' is not a valid IPv4 or IPv6 address or network", 1},
        Fault{"bin", "0", "invalid-hex-pattern", "an even number of hex digits is expected in '0'", 0},
        Fault{"bin", "00 0g", "invalid-hex-pattern", "a hex digit is expected in '0g', found 'g'", 1},
        Fault{"reg", "a [", "invalid-regex-pattern",
              "regex '[' is invalid (error=missing terminating ] for character class, erroffset=1)", 1},
        Fault{"reg", "^(", "invalid-regex-pattern",
              "regex '^(' is invalid (error=missing closing parenthesis, erroffset=2)", 0}));

TEST(FaultyPatterns, LeaveTheOthersWithTheirEntries) {
  parser::DiagnosticSink sink;
  const auto set = PatternSet::build({.method = MatchMethod::integer}, split("5 foo 7"), sink);
  EXPECT_EQ(set->entries()[1].text, "7");
  EXPECT_EQ(set->match(sample_for(MatchMethod::integer, "7")), 1u);
}

TEST(MatchMethods, HaveNames) {
  for (const std::string_view name :
       {"found", "bool", "int", "ip", "bin", "len", "str", "beg", "sub", "dir", "dom", "end", "reg"}) {
    const auto method = find_method(name);
    ASSERT_TRUE(method.has_value()) << name;
    EXPECT_EQ(method_name(*method), name);
  }
  for (const std::string_view name : {"", "STR", "string", "boolean", "regex"})
    EXPECT_FALSE(find_method(name).has_value()) << name;
}

}  // namespace
}  // namespace shunt::acl
