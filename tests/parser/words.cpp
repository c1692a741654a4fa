// The lexical rules: blanks, comments, escapes, quotes, variables, and the faults of each.
#include <gtest/gtest.h>

#include "parser/printer.hpp"
#include "tests/parser/support.hpp"

namespace shunt::parser {
namespace {

struct WordsRow {
  std::string_view line;
  std::string_view words;
  std::string_view faults = "";
};

void PrintTo(const WordsRow& row, std::ostream* out) { *out << row.line; }

class Words : public testing::TestWithParam<WordsRow> {};

TEST_P(Words, are_cut_as_haproxy_does) {
  Reading reading{std::string(GetParam().line)};
  reading.environment.set("ONE", "one");
  reading.environment.set("TWO", "two words");
  reading.environment.set("EMPTY", "");
  reading.environment.set("SPACED", "  a   b  ");
  reading.environment.set("_x9", "under");
  reading.environment.set("MARKS", "a\"b'c\\d #e $ONE");
  EXPECT_EQ(bracketed(reading.words()), GetParam().words);
  EXPECT_EQ(reading.faults(), GetParam().faults);
}

constexpr WordsRow blanks_and_comments[] = {
    {"", ""},
    {"   \t ", ""},
    {"a", "[a]"},
    {"  a \t b  ", "[a][b]"},
    {"a\vb\fc", "[a][b][c]"},
    {"# all", ""},
    {"a # b", "[a]"},
    {"a#b", "[a]"},
    {"a\\#b", "[a#b]"},
    {"\"a#b\" 'c#d'", "[a#b][c#d]"},
    {"a\"#\"b", "[a#b]"},
    {"a b\r", "[a][b]"},
    {"a\rb c", "[a]"},  // a CR right behind a word ends the line
    {"a \rb c", "[a][b][c]"},
    {"\ra", "[a]"},
    {"a \r", "[a]"},
    {"\xc3\xa9 \xff", "[\xc3\xa9][\xff]"},
};
INSTANTIATE_TEST_SUITE_P(Blanks, Words, testing::ValuesIn(blanks_and_comments));

constexpr WordsRow escapes[] = {
    {"a\\ b", "[a b]"},
    {"\\\\ \\\" \\'", "[\\][\"][']"},
    {"a\\nb\\rc\\td", "[a\nb\rc\td]"},
    {"\\x41\\x42c", "[ABc]"},
    {"\\x4142", "[A42]"},
    {"\\xe9\\xE9", "[\xe9\xe9]"},
    {"str(a\\qb)", "[str(a\\qb)]"},
    {"a\\", "[a\\]"},
    {"a\\\tb", "[a\\][b]"},  // the manual says otherwise, the program does this
    {"\\$ONE", "[\\$ONE]"},
    {"\\X41 \\N", "[\\X41][\\N]"},
    {"\"a\\ b\\#c\\'d\\\"e\\\\f\\$ONE\"", "[a b#c'd\"e\\f$ONE]"},
    {"\"\\n\\r\\t\\x41\"", "[\n\r\tA]"},
    {"\"a\\qb\"", "[a\\qb]"},
    {"\"a\\\tb\"", "[a\\\tb]"},
    {"'a\\nb\\'", "[a\\nb\\]"},
    {"\\x4", "", "invalid-hex-escape@0-1"},
    {"ab\\xzz", "", "invalid-hex-escape@2-3"},
    {"\"\\x4g\"", "", "invalid-hex-escape@1-2"},
    {"k a\\x00b c", "[k][a][c]", "nul-in-word@3-7"},
};
INSTANTIATE_TEST_SUITE_P(Escapes, Words, testing::ValuesIn(escapes));

constexpr WordsRow quotes[] = {
    {"\"a b\" 'c d'", "[a b][c d]"},
    {"a\"b c\"d'e f'g", "[ab cde fg]"},
    {"\"it's\" 'say \"x\"'", "[it's][say \"x\"]"},
    {"'$ONE \\\\ #'", "[$ONE \\\\ #]"},
    {"\"%{+Q}o %t\"' %s'\\ %{-Q}r", "[%{+Q}o %t %s %{-Q}r]"},
    {"a \"b", "[a]", "unterminated-quote@2-3"},
    {"a 'b", "[a]", "unterminated-quote@2-3"},
    {"a\"b\" \"c d", "[ab]", "unterminated-quote@5-6"},
    {"\"a\\\"", "", "unterminated-quote@0-1"},
    {"\"a\rb\"", "", "unterminated-quote@0-1"},
    {"'a\rb'", "", "unterminated-quote@0-1"},
    {"a \"\" b", "[a][][b]", "empty-argument@2-4"},
    {"a ''", "[a][]", "empty-argument@2-4"},
    {"\"\" a", "[][a]", "empty-argument@0-2"},
    {"a\"\"", "[a]"},
};
INSTANTIATE_TEST_SUITE_P(Quotes, Words, testing::ValuesIn(quotes));

constexpr WordsRow variables[] = {
    {"$ONE ${ONE} '$ONE'", "[$ONE][${ONE}][$ONE]"},  // only between double quotes
    {"\"$ONE\"", "[one]"},
    {"\"${ONE}\"x", "[onex]"},
    {"\"$ONE.x-y[*]\"", "[one.x-y[*]]"},
    {"\"$_x9\"", "[under]"},
    {"\"$TWO\"", "[two words]"},
    {"\"$MARKS\"", "[a\"b'c\\d #e $ONE]"},  // its text is not read again
    {"fd@\"${ONE}\"", "[fd@one]"},
    {"\"${NONE-a b}\"", "[a b]"},
    {"\"${ONE-a b}\"", "[one]"},
    {"\"${NONE-$ONE \\n\"}\"", "[$ONE \\n\"]"},  // nothing is special in a default
    {"x\"${NONE-}\"", "[x]"},
    {"x \"${EMPTY-d}\"", "[x][]", "empty-argument@2-14"},  // a default is for unset ones only
    {"x \"$NONE\" y", "[x][][y]", "empty-argument@2-9"},
    {"a \"${TWO[*]}\" b", "[a][two][words][b]"},
    {"\"x${TWO[*]}y\"", "[xtwo][wordsy]"},
    {"\"${TWO[*]} b\"", "[two][words b]"},
    {"\"${NONE[*]-d  e}\"", "[d][e]"},
    {"a \"${NONE[*]}\" b", "[a][b]"},
    {"a \"${EMPTY[*]}\"", "[a]"},
    {"\"${SPACED[*]}\" z", "[a][b][z]"},
    {"x\"${SPACED[*]}\"y", "[x][a][b][y]"},
    {"\"${.LINE}:${.FILE}:$.LINE\"", "[1:t.cfg:1]"},
    {"\"$1\"", "", "invalid-variable-name@2-3"},
    {"\"$\"", "", "invalid-variable-name@2-3"},
    {"\"$", "", "invalid-variable-name@2-2"},
    {"\"${1}\"", "", "invalid-variable-name@3-4"},
    {"\"${}\"", "", "invalid-variable-name@3-4"},
    {"\"${.x}\"", "", "invalid-variable-name@3-4"},
    {"\"${.FILEX}\"", "", "invalid-variable-name@3-4"},
    {"\"${ONE\"", "", "unterminated-variable@2-3"},
    {"\"${ONE:-x}\"", "", "unterminated-variable@2-3"},
    {"\"${ONE }\"", "", "unterminated-variable@2-3"},
    {"\"${ONE-", "", "unterminated-variable@2-3"},
    {"\"${ONE[*]x}\"", "", "unterminated-variable@2-3"},
    {"\"${ONE[x]}\"", "", "invalid-list-expansion@6-7"},
    {"\"${ONE[*", "", "invalid-list-expansion@6-7"},
};
INSTANTIATE_TEST_SUITE_P(Variables, Words, testing::ValuesIn(variables));

std::string many(std::size_t count, std::string_view end = "") {
  std::string line = "w0";
  for (std::size_t i = 1; i < count; ++i) line += " w" + std::to_string(i);
  return line + std::string(end);
}

struct CountRow {
  std::string line;
  std::string_view message;
};

class WordCount : public testing::TestWithParam<CountRow> {};

TEST_P(WordCount, is_limited_to_64) {
  Reading reading{GetParam().line};
  (void)reading.words();
  const std::string message = reading.sink.all().empty() ? "" : reading.sink.all().front().message;
  EXPECT_EQ(message, GetParam().message);
}

// w0..w9 and 54 longer ones: the 64th begins at byte 242 of the line.
constexpr std::string_view too_many = "too many words, truncating after word 64, position 243: <w63>.";
const CountRow counts[] = {
    {many(63), ""},
    {many(64), ""},
    {many(64, "#x"), ""},
    {many(64, "\r"), ""},
    {many(64, " "), too_many},  // HAProxy counts what a blank begins
    {many(64, " # comment"), too_many},
    {many(65), too_many},
    {"   " + many(70), too_many},  // positions are those of the unquoted line
    {many(64, " \"open"), "unmatched quote"},
};
INSTANTIATE_TEST_SUITE_P(Lines, WordCount, testing::ValuesIn(counts));

// Where a byte of the value was written, as source text: "value byte index -> text".
struct OriginRow {
  std::string_view line;
  std::size_t begin, end;
  std::string_view written;
};

class Origins : public testing::TestWithParam<OriginRow> {};

TEST_P(Origins, lead_back_to_the_source) {
  Reading reading{std::string(GetParam().line)};
  reading.environment.set("V", "value");
  const auto words = reading.words();
  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(reading.sources.text(words[1].slice(GetParam().begin, GetParam().end)), GetParam().written);
}

const OriginRow origins[] = {
    {"k abc", 1, 2, "b"},        {"k abc", 0, 3, "abc"},           {"k abc", 3, 3, "c"},
    {"k 'abc'", 0, 1, "a"},      {"k 'abc'", 0, 3, "abc"},         {"k a\"b\"c", 0, 1, "a"},
    {"k a\"b\"c", 1, 2, "b"},    {"k a\"b\"c", 0, 3, "a\"b\"c"},   {"k a\\x41c", 1, 2, "\\x41"},
    {"k a\\x41c", 2, 3, "c"},    {"k a\\ b", 1, 2, "\\ "},         {"k \"x${V}y\"", 1, 2, "${V}"},
    {"k \"x${V}y\"", 6, 7, "y"}, {"k \"x${V}y\"", 0, 7, "x${V}y"},
};
INSTANTIATE_TEST_SUITE_P(Bytes, Origins, testing::ValuesIn(origins));

TEST(WordValues, are_views_of_the_source_where_nothing_was_unquoted) {
  Reading reading{"abc 'd e' f\\ g"};
  const auto words = reading.words();
  const std::string_view bytes = reading.sources.bytes(reading.file);
  EXPECT_EQ(words[0].value.data(), bytes.data());
  EXPECT_TRUE(words[0].origin.empty());
  EXPECT_EQ(words[1].value.data(), bytes.data() + 5);
  EXPECT_EQ(words[1].origin.size(), 3U);
  EXPECT_EQ(words[2].value, "f g");
}

TEST(WordSpans, include_quotes_and_list_words_share_their_variable) {
  Reading reading{"a \"x${L[*]}y\""};
  reading.environment.set("L", "1 2");
  const auto words = reading.words();
  ASSERT_EQ(words.size(), 3U);
  EXPECT_EQ(reading.sources.text(words[1].span), "\"x${L[*]}");
  EXPECT_EQ(reading.sources.text(words[2].span), "${L[*]}y\"");
}

TEST(EmptyArguments, are_reported_with_number_and_position) {
  Reading reading{" acl a src \"\""};
  (void)reading.words();
  ASSERT_EQ(reading.sink.all().size(), 1U);
  EXPECT_EQ(reading.sink.all()[0].message,
            "argument number 3 at position 12 is empty and marks the end of the argument list");
}

}  // namespace
}  // namespace shunt::parser
