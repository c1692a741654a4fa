// What the prefilter of regular expressions takes for granted about the texts that they match.
#include <gtest/gtest.h>

#include "acl/regex.hpp"
#include "acl/regex_literal.hpp"

namespace shunt::acl {
namespace {

struct Row {
  const char* expression;
  const char* literal;
};

class RegexLiterals : public ::testing::TestWithParam<Row> {};

TEST_P(RegexLiterals, AreRequired) {
  EXPECT_EQ(required_literal(GetParam().expression), GetParam().literal);
  EXPECT_TRUE(Regex::compile(GetParam().expression, false).has_value());
}

INSTANTIATE_TEST_SUITE_P(
    Table, RegexLiterals,
    ::testing::Values(Row{"abc", "abc"}, Row{"^ABC$", "abc"}, Row{"ab.cdef", "cdef"}, Row{"abc*", "ab"},
                      Row{"abc?d", "ab"}, Row{"abc+d", "abc"}, Row{"abc{0}d", "ab"}, Row{"ab{2}cde", "cde"},
                      Row{"a|bcd", ""}, Row{"(a|b)cd", "cd"}, Row{"(abcd)?ef", "ef"}, Row{"x(?i)abc", ""},
                      Row{"(?:ab)cd", "cd"}, Row{"(?#x)abc", ""}, Row{"[abc]def", "def"}, Row{"[]a]bc", "bc"},
                      Row{"[^]a]bc", "bc"}, Row{"[[:alpha:]]xyz", "xyz"}, Row{"[a\\]b]cd", "cd"},
                      Row{"\\.com$", ".com"}, Row{"\\d\\wabc", "abc"}, Row{"\\x41bc", ""},
                      Row{"\\Qa.b\\E", ""}, Row{"a\\.b\\.c\\.d", "a.b.c.d"}, Row{"(?=abc)de", "de"},
                      Row{"(?!abc)de", "de"}, Row{"(?<=a)bc", "bc"}, Row{"(?<n>a)bc", "bc"},
                      Row{"ab(*ACCEPT)cd", ""}, Row{"", ""}, Row{".*", ""}, Row{"ab*?cd", "cd"},
                      Row{"ab++cd", "ab"}, Row{"a{,3}bc", "bc"}, Row{"a(?:b{2}){3}cd", "cd"},
                      Row{"((a)[)]b)cd", "cd"}));

}  // namespace
}  // namespace shunt::acl
