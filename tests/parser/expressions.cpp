// Expressions: calls, second-level quoting, spans, faults. Values were obtained from HAProxy.
#include <gtest/gtest.h>

#include "parser/expression_tree.hpp"
#include "tests/parser/support.hpp"

namespace shunt::parser {
namespace {

struct ExpressionRow {
  std::string_view line;  // the expression as written in a file
  std::string_view dump;
  std::string_view faults = "";
};

void PrintTo(const ExpressionRow& row, std::ostream* out) { *out << row.line; }

class Expressions : public testing::TestWithParam<ExpressionRow> {};

TEST_P(Expressions, are_read_as_haproxy_does) {
  Reading reading{std::string(GetParam().line)};
  const auto words = reading.words();
  ASSERT_EQ(words.size(), 1U);
  const auto tree = parse_expression(words[0], reading.sink);
  EXPECT_EQ(tree ? dump(*tree) : "", GetParam().dump);
  EXPECT_EQ(reading.faults(), GetParam().faults);
}

constexpr ExpressionRow calls[] = {
    {"src", "src"},
    {"src()", "src"},
    {"req.ssl_sni,lower", "req.ssl_sni,lower"},
    {"payload(0,7)", "payload(\"0\",\"7\")"},
    {"src,ipmask(24),lower()", "src,ipmask(\"24\"),lower"},
    {"a-b_c.d:e", "a-b_c.d:e"},
    {"str(),concat(a)", "str,concat(\"a\")"},
    {"concat(x,,y)", "concat(\"x\",\"\",\"y\")"},
    {"concat(,)", "concat(\"\",\"\")"},
    {"str(a),", "str(\"a\")"},
    {"str(a),,lower", "str(\"a\"),lower"},
    {"src,,", "src"},
    {"str(())", "", "missing-comma@6-7"},
    {"str(a)x", "", "missing-comma@6-7"},
    {"str(a)(b)", "", "missing-comma@6-9"},
    {"str(a)lower", "", "missing-comma@6-11"},
    {"s@tr", "", "missing-comma@1-4"},
    {"'src,lower '", "", "missing-comma@10-11"},
    {"src,lower)", "", "missing-comma@9-10"},
    {"(a)", "", "missing-fetch@0-1"},
    {",lower", "", "missing-fetch@0-1"},
    {"' src'", "", "missing-fetch@1-2"},
    {"'src,;x'", "", "missing-converter@5-6"},
    {"str(a", "", "unterminated-arguments@3-4"},
    {"src,ipmask(24", "", "unterminated-arguments@10-11"},
    {"str(a),lower(", "", "unterminated-arguments@12-13"},
};
INSTANTIATE_TEST_SUITE_P(Calls, Expressions, testing::ValuesIn(calls));

constexpr ExpressionRow quoting[] = {
    {"str(\"a b\")", "str(\"a b\")"},
    {"str(\"a,b\")", "str(\"a\",\"b\")"},  // the first level eats the quotes
    {"str(a\\,b)", "str(\"a\\\\\",\"b\")"},
    {"'str(a\\,b)'", "str(\"a\\\\\",\"b\")"},
    {"str(\\\"a,b\\\")", "str(\"a,b\")"},
    {"'str(\"a,b)c\")'", "str(\"a,b)c\")"},
    {"\"str('a,b)c')\"", "str(\"a,b)c\")"},
    {"'str(\\\"a\\tb\\\")'", "str(\"\\\"a\\x09b\\\"\")"},
    {"'str(\"a\\\"b\")'", "str(\"a\\\"b\")"},
    {"'str(a\\tb)'", "str(\"a\\x09b\")"},
    {"'str(\"a\\nb\\rc\")'", "str(\"a\\x0ab\\x0dc\")"},
    {"str(a\\\\b)", "str(\"a\\\\b\")"},
    {"'str(a\\\\b)'", "str(\"a\\\\b\")"},
    {"str(a\\x41b)", "str(\"aAb\")"},
    {"'str(a\\x41b)'", "str(\"a\\\\x41b\")"},
    {"'str(a\\#b\\$c\\qd)'", "str(\"a\\\\#b\\\\$c\\\\qd\")"},
    {"'str(\"a\\#b\\$c\\qd\")'", "str(\"a\\\\#b\\\\$c\\\\qd\")"},
    {"'str(a\\ b)'", "str(\"a b\")"},
    {"'str(\"a\\ b\")'", "str(\"a b\")"},
    {"'str( a )'", "str(\" a \")"},
    {"'str(\"a\" \"b\")'", "str(\"a b\")"},
    {"'str(\"a\"b\"c\")'", "str(\"abc\")"},
    {"'str(a\"b)\"c)'", "str(\"ab)c\")"},
    {"str(\\'a\\\\\\\\nb\\')", "str(\"a\\\\\\\\nb\")"},  // strong quotes keep all
    {"'str(a\\)'", "str(\"a\\\\\")"},
    {"'str(\"\")'", "str(\"\")"},
    {"'str(\",\",\")\")'", "str(\",\",\")\")"},
    {"'str(\"a)'", "", "unterminated-arguments@4-5"},
    {"str(\\'a)", "", "unterminated-arguments@3-4"},
    {"'str(a\\)b)'", "", "missing-comma@8-10"},
};
INSTANTIATE_TEST_SUITE_P(Quoting, Expressions, testing::ValuesIn(quoting));

TEST(ExpressionSpans, point_at_names_arguments_and_calls) {
  Reading reading{"x 'payload(0,\"7)\"),lower'"};
  const auto tree = parse_expression(reading.words()[1], reading.sink);
  ASSERT_TRUE(tree);
  EXPECT_EQ(reading.sources.text(tree->span), "payload(0,\"7)\"),lower");
  EXPECT_EQ(reading.sources.text(tree->fetch.span), "payload(0,\"7)\")");
  EXPECT_EQ(reading.sources.text(tree->fetch.name_span), "payload");
  EXPECT_EQ(reading.sources.text(tree->fetch.arguments[1].span), "\"7)\"");
  EXPECT_EQ(reading.sources.text(tree->converters[0].span), "lower");
}

TEST(ExpressionSpans, survive_escapes_of_the_first_level) {
  Reading reading{"str(\\x41\\x42),zork(\\\"c\\\")"};
  const auto tree = parse_expression(reading.words()[0], reading.sink);
  ASSERT_TRUE(tree);
  EXPECT_EQ(reading.sources.text(tree->fetch.arguments[0].span), "\\x41\\x42");
  EXPECT_EQ(reading.sources.text(tree->converters[0].name_span), "zork");
  EXPECT_EQ(reading.sources.text(tree->converters[0].arguments[0].span), "\\\"c\\\"");
}

TEST(ExpressionFaults, show_the_quote_that_swallowed_the_parenthesis) {
  Reading reading{"'str(\"a)'"};
  EXPECT_FALSE(parse_expression(reading.words()[0], reading.sink));
  ASSERT_EQ(reading.sink.all()[0].notes.size(), 1U);
  EXPECT_EQ(reading.sources.text(reading.sink.all()[0].notes[0].span), "\"");
}

TEST(ExpressionParts, may_be_read_from_the_middle_of_a_word) {
  Reading reading{"%[src,lower]"};
  const auto tree = parse_expression(reading.words()[0], reading.sink, 2, 11);
  ASSERT_TRUE(tree);
  EXPECT_EQ(dump(*tree), "src,lower");
  EXPECT_EQ(reading.sources.text(tree->span), "src,lower");
}

TEST(ExpressionParts, may_be_empty) {
  Reading reading{"ab"};
  EXPECT_FALSE(parse_expression(reading.words()[0], reading.sink, 2, 2));
  EXPECT_FALSE(parse_expression(reading.words()[0], reading.sink, 9, 12));
  EXPECT_EQ(reading.faults(), "missing-fetch@1-2 missing-fetch@1-2");
}

}  // namespace
}  // namespace shunt::parser
