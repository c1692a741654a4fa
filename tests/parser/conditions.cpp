// Conditions: negations, alternatives, anonymous ACLs, and what HAProxy tolerates.
#include <gtest/gtest.h>

#include "parser/condition_tree.hpp"
#include "tests/parser/support.hpp"

namespace shunt::parser {
namespace {

struct ConditionRow {
  std::string_view line;
  std::string_view dump;
  std::string_view faults = "";
};

void PrintTo(const ConditionRow& row, std::ostream* out) { *out << row.line; }

class Conditions : public testing::TestWithParam<ConditionRow> {};

TEST_P(Conditions, are_read_as_haproxy_does) {
  Reading reading{std::string(GetParam().line)};
  const auto tree = parse_condition(reading.words(), reading.sink);
  EXPECT_EQ(tree ? dump(*tree) : "", GetParam().dump);
  EXPECT_EQ(reading.faults(), GetParam().faults);
}

constexpr ConditionRow rows[] = {
    {"if", "if"},  // accepted, never true
    {"unless", "unless"},
    {"if a", "if \"a\""},
    {"unless a b", "unless \"a\" \"b\""},
    {"if !a", "if !\"a\""},
    {"if ! a", "if !\"a\""},
    {"if !!a", "if \"a\""},
    {"if ! !a", "if \"a\""},
    {"if ! ! ! a b", "if !\"a\" \"b\""},
    {"if a or b", "if \"a\" or \"b\""},
    {"if a || b", "if \"a\" or \"b\""},
    {"if a OR b oR c", "if \"a\" or \"b\" or \"c\""},
    {"if a !b or c d", "if \"a\" !\"b\" or \"c\" \"d\""},
    {"if a or", "if \"a\""},
    {"if or a", "if \"a\""},
    {"if a or or b", "if \"a\" or \"b\""},
    {"if or", "if"},
    {"if !", "if"},  // nothing to negate: no effect
    {"if a !", "if \"a\""},
    {"if ! or a", "if \"a\""},
    {"if !or a", "if \"a\""},
    {"if { src 1.1.1.1 }", "if { \"src\" \"1.1.1.1\" }"},
    {"if !{ src 1.1.1.1 }", "if !{ \"src\" \"1.1.1.1\" }"},
    {"if ! { src 1.1.1.1 } a", "if !{ \"src\" \"1.1.1.1\" } \"a\""},
    {"if !! { a }", "if { \"a\" }"},
    {"if a !b or c { src -m str or || ! { }",
     "if \"a\" !\"b\" or \"c\" { \"src\" \"-m\" \"str\" \"or\" \"||\" \"!\" \"{\" }"},
    {"if '{' a '}'", "if { \"a\" }"},
    {"if {a }", "if \"{a\" \"}\""},  // glued braces are names
    {"if {}", "if \"{}\""},
    {"if }", "if \"}\""},
    {"if { str(}) }", "if { \"str(})\" }"},
    {"if ||a a||", "if \"||a\" \"a||\""},
    {"if a if b", "if \"a\" \"if\" \"b\""},
    {"if \" a\"", "if \" a\""},
    {"if { a", "", "unterminated-anonymous-acl@3-4"},
    {"if a { src 1.1.1.1}", "", "unterminated-anonymous-acl@5-6"},
    {"if { a } {", "", "unterminated-anonymous-acl@9-10"},
    {"if !{ a }b", "", "unterminated-anonymous-acl@3-5"},
    {"if { }", "", "empty-anonymous-acl@3-6"},
    {"when a", "", "missing-condition-keyword@0-4"},
    {"IF a", "", "missing-condition-keyword@0-2"},
    {"", "", "missing-condition-keyword@0-0"},
};
INSTANTIATE_TEST_SUITE_P(Texts, Conditions, testing::ValuesIn(rows));

TEST(ConditionSpans, cover_terms_with_their_negations) {
  Reading reading{"if ! a or !{ src x }"};
  const auto tree = parse_condition(reading.words(), reading.sink);
  ASSERT_TRUE(tree);
  EXPECT_EQ(reading.sources.text(tree->span), "if ! a or !{ src x }");
  EXPECT_EQ(reading.sources.text(tree->alternatives[0][0].span), "! a");
  EXPECT_EQ(reading.sources.text(tree->alternatives[1][0].span), "!{ src x }");
}

TEST(ConditionFaults, show_a_brace_that_is_glued_to_a_word) {
  Reading reading{"if { src 1.1.1.1}"};
  EXPECT_FALSE(parse_condition(reading.words(), reading.sink));
  ASSERT_EQ(reading.sink.all()[0].notes.size(), 1U);
  EXPECT_EQ(reading.sources.text(reading.sink.all()[0].notes[0].span), "}");
}

}  // namespace
}  // namespace shunt::parser
