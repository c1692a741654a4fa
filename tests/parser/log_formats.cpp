// Log formats: text, aliases, flags, names, expressions and their faults.
#include <gtest/gtest.h>

#include "parser/log_format_tree.hpp"
#include "tests/parser/support.hpp"

namespace shunt::parser {
namespace {

struct LogFormatRow {
  std::string_view format;  // between strong quotes
  std::string_view dump;
  std::string_view faults = "";
};

void PrintTo(const LogFormatRow& row, std::ostream* out) { *out << row.format; }

class LogFormats : public testing::TestWithParam<LogFormatRow> {};

TEST_P(LogFormats, are_read_as_haproxy_does) {
  Reading reading{"'" + std::string(GetParam().format) + "'"};
  const auto words = reading.words();
  ASSERT_EQ(words.size(), 1U);
  const auto tree = parse_log_format(words[0], reading.sink);
  EXPECT_EQ(tree ? dump(*tree) : "", GetParam().dump);
  EXPECT_EQ(reading.faults(), GetParam().faults);
}

// Offsets of faults count the opening quote.
constexpr LogFormatRow rows[] = {
    {"plain text", "text \"plain text\"\n"},
    {"%ci:%cp", "alias ci\ntext \":\"\nalias cp\n"},
    {"%ci_x-%ST.", "alias ci\ntext \"_x-\"\nalias ST\ntext \".\"\n"},
    {"%cix1", "alias cix1\n"},  // whether it exists is not the reader's business
    {"%%", "text \"%\"\n"},
    {"a%%b %% c", "text \"a%b % c\"\n"},
    {"%%ci%%%cp", "text \"%ci%\"\nalias cp\n"},
    {"%{+Q}ci", "alias ci flags \"+Q\"\n"},
    {"%{+Q,-E}o", "alias o flags \"+Q,-E\"\n"},
    {"%{}ci%{a{b}ci%{%}1", "alias ci\nalias ci flags \"a{b\"\nalias 1 flags \"%\"\n"},
    {"%[src]", "expression src\n"},
    {"x%[src,lower]]", "text \"x\"\nexpression src,lower\ntext \"]\"\n"},
    {"%[str(])]%[str(\"]\")]", "expression str(\"]\")\nexpression str(\"]\")\n"},
    {"%{+Q}[src]", "expression src flags \"+Q\"\n"},
    {"%[str(a),,lower]", "expression str(\"a\"),lower\n"},
    {"%[str(%[)]", "expression str(\"%[\")\n"},
    {"%(n)ci", "alias ci name \"n\"\n"},
    {"%(n:int){+Q}ci", "alias ci flags \"+Q\" name \"n:int\"\n"},
    {"%(:str)[src]", "expression src name \":str\"\n"},
    // The '%' before other punctuation is lost.
    {"%-%.x%_%)", "text \"-.x_)\"\n"},
    {"%-ci%\"%$%}", "text \"-ci\\\"$}\"\n"},
    {"%", "", "truncated-log-format@1-2"},
    {"%ci%", "", "truncated-log-format@4-5"},
    {"% ci", "", "invalid-log-format-alias@1-3"},
    {"a%1", "", "invalid-log-format-alias@2-4"},
    {"%{+Q", "", "truncated-log-format@2-3"},
    {"%(n", "", "truncated-log-format@2-3"},
    {"%(n){+Q", "", "truncated-log-format@5-6"},
    {"%{+Q}", "", "log-format-flags-without-item@1-6"},
    {"a%{+Q} ci", "", "log-format-flags-without-item@2-7"},
    {"%{+Q}%ci", "", "log-format-flags-without-item@1-6"},
    {"%{+Q}{+E}ci", "", "log-format-flags-without-item@1-6"},
    {"%(n) ci", "", "log-format-flags-without-item@1-5"},
    {"%[", "", "missing-fetch@2-3"},
    {"%[]", "", "missing-fetch@3-4"},
    {"%[ src ]", "", "missing-fetch@3-4"},
    {"%[src,]", "", "missing-converter@7-8"},
    {"%[src", "", "missing-log-format-bracket@1-3"},
    {"%{+Q}[src,lower", "", "missing-log-format-bracket@1-7"},
    {"%[src ]", "", "missing-log-format-bracket@6-7"},
    {"%[str(a)x]", "", "missing-log-format-bracket@9-10"},
    {"%[str(a]", "", "unterminated-arguments@6-7"},
};
INSTANTIATE_TEST_SUITE_P(Texts, LogFormats, testing::ValuesIn(rows));

TEST(LogFormatSpans, cover_the_items_as_written) {
  Reading reading{"a\\ %%\"%ci\"%{+Q}[src]"};
  const auto tree = parse_log_format(reading.words()[0], reading.sink);
  ASSERT_TRUE(tree);
  ASSERT_EQ(tree->items.size(), 3U);
  EXPECT_EQ(reading.sources.text(tree->items[0].span), "a\\ %%");
  EXPECT_EQ(reading.sources.text(tree->items[1].span), "%ci");
  EXPECT_EQ(reading.sources.text(tree->items[2].span), "%{+Q}[src]");
  EXPECT_EQ(reading.sources.text(tree->items[2].expression.span), "src");
}

}  // namespace
}  // namespace shunt::parser
