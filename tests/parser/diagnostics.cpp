// Source positions, the sink, both printed forms, suggestions, the list of codes.
#include "parser/diagnostic.hpp"

#include <gtest/gtest.h>

#include <set>

#include "parser/codes.hpp"
#include "parser/printer.hpp"
#include "parser/suggest.hpp"

namespace shunt::parser {
namespace {

constexpr Code plain_code{.name = "plain", .summary = "s", .remedy = "do it"};

TEST(Sources, know_lines_and_columns) {
  SourceSet sources;
  const FileId file = sources.add("f", "ab\n\ncd\r\nef");
  const auto at = [&](std::uint32_t offset) {
    const Location place = sources.locate(file, offset);
    return std::pair(place.line, place.column);
  };
  EXPECT_EQ(at(0), std::pair(1U, 1U));
  EXPECT_EQ(at(2), std::pair(1U, 3U));
  EXPECT_EQ(at(3), std::pair(2U, 1U));
  EXPECT_EQ(at(4), std::pair(3U, 1U));
  EXPECT_EQ(at(8), std::pair(4U, 1U));
  EXPECT_EQ(at(10), std::pair(4U, 3U));
  EXPECT_EQ(sources.line(file, 1), "ab");
  EXPECT_EQ(sources.line(file, 2), "");
  EXPECT_EQ(sources.line(file, 3), "cd");
  EXPECT_EQ(sources.line(file, 4), "ef");
  EXPECT_EQ(sources.line(file, 5), "");
  EXPECT_EQ(sources.line(file, 0), "");
  EXPECT_EQ(sources.text({file, 4, 6}), "cd");
  EXPECT_EQ(sources.text({file, 4, 99}), "cd\r\nef");
  EXPECT_EQ(sources.text({}), "");
}

TEST(Sources, put_the_end_of_a_finished_file_on_its_last_line) {
  SourceSet sources;
  const FileId file = sources.add("f", "ab\n");
  EXPECT_EQ(sources.locate(file, 3).line, 1U);
}

TEST(Spans, cover_ignores_the_unknown) {
  EXPECT_EQ(cover({}, {1, 2, 3}), (Span{1, 2, 3}));
  EXPECT_EQ(cover({1, 2, 3}, {}), (Span{1, 2, 3}));
  EXPECT_EQ(cover({1, 5, 9}, {1, 2, 3}), (Span{1, 2, 9}));
  EXPECT_EQ(cover({1, 5, 9}, {2, 2, 3}), (Span{1, 5, 9}));
}

TEST(Sink, counts_and_sorts) {
  DiagnosticSink sink;
  sink.report(plain_code, {}, "no place");
  sink.report(Severity::warning, plain_code, {1, 5, 6}, "second file");
  sink.report(plain_code, {0, 9, 10}, "later");
  sink.report(Severity::notice, plain_code, {0, 3, 4}, "first");
  sink.report(plain_code, {0, 9, 10}, "later too");
  sink.sort();
  std::string order;
  for (const Diagnostic& finding : sink.all()) order += finding.message + '|';
  EXPECT_EQ(order, "first|later|later too|second file|no place|");
  EXPECT_EQ(sink.count(Severity::error), 3U);
  EXPECT_EQ(sink.count(Severity::warning), 1U);
  EXPECT_EQ(sink.count(Severity::notice), 1U);
  EXPECT_TRUE(sink.has_errors());
}

struct Printed {
  SourceSet sources;
  FileId file;
  explicit Printed(std::string text) : file(sources.add("f.cfg", std::move(text))) {}
  [[nodiscard]] std::string line(Severity severity, const Code& code, Span span) const {
    return line_form({severity, &code, span, "what", {{"a note", {}}}}, sources, 42);
  }
  [[nodiscard]] std::string human(std::uint32_t begin, std::uint32_t end,
                                  std::string message = "what") const {
    return human_form({Severity::error, &plain_code, {file, begin, end}, std::move(message), {}}, sources,
                      {});
  }
};

TEST(LineForm, is_haproxys) {
  const Printed printed("a\n b c\n");
  const Span span{printed.file, 3, 4};
  constexpr Code tight{.name = "t", .layout = LineLayout::tight};
  constexpr Code position{.name = "p", .layout = LineLayout::position};
  constexpr Code excerpt{.name = "e", .layout = LineLayout::excerpt};
  EXPECT_EQ(printed.line(Severity::error, plain_code, span),
            "[ALERT]    (42) : config : parsing [f.cfg:2] : what\n");
  EXPECT_EQ(printed.line(Severity::warning, plain_code, span),
            "[WARNING]  (42) : config : parsing [f.cfg:2] : what\n");
  EXPECT_EQ(printed.line(Severity::notice, plain_code, span),
            "[NOTICE]   (42) : config : parsing [f.cfg:2] : what\n");
  EXPECT_EQ(printed.line(Severity::error, plain_code, {}), "[ALERT]    (42) : config : what\n");
  EXPECT_EQ(printed.line(Severity::error, tight, span),
            "[ALERT]    (42) : config : parsing [f.cfg:2]: what\n");
  EXPECT_EQ(printed.line(Severity::error, position, span),
            "[ALERT]    (42) : config : parsing [f.cfg:2]: what at position 2.\n");
  EXPECT_EQ(printed.line(Severity::error, excerpt, span),
            "[ALERT]    (42) : config : parsing [f.cfg:2]: what at position 2:\n  b c\n  ^\n");
}

// Columns measured with HAProxy: 80 of a line, or 74 around a fault beyond them.
TEST(LineForm, cuts_long_lines_as_haproxy_does) {
  constexpr Code excerpt{.name = "e", .layout = LineLayout::excerpt};
  const Printed printed("  " + std::string(300, 'x') + "\n");
  const auto shown = [&](std::uint32_t at) {
    const std::string text = printed.line(Severity::error, excerpt, {printed.file, at, at + 1});
    return text.substr(text.find('\n') + 1);
  };
  EXPECT_EQ(shown(81), "  " + std::string(80, 'x') + "\n  " + std::string(79, ' ') + "^\n");
  EXPECT_EQ(shown(82), "  ..." + std::string(74, 'x') + "...\n  " + std::string(40, ' ') + "^\n");
  EXPECT_EQ(shown(301), "  ..." + std::string(38, 'x') + "...\n  " + std::string(40, ' ') + "^\n");
}

TEST(HumanForm, shows_code_place_line_caret_and_help) {
  const Printed printed("a\n bcd e\n");
  EXPECT_EQ(printed.human(3, 6),
            "error[plain]: what\n"
            "  --> f.cfg:2:2\n"
            "     2 |  bcd e\n"
            "       |  ^^^\n"
            "  help: do it\n");
}

TEST(HumanForm, aligns_carets_behind_tabs_and_wide_characters) {
  EXPECT_NE(Printed("\tx yz\n").human(3, 5).find("     1 |     x yz\n       |       ^^\n"),
            std::string::npos);
  EXPECT_NE(
      Printed("\xc3\xa9\xc3\xa9 yz\n").human(5, 7).find("     1 | \xc3\xa9\xc3\xa9 yz\n       |    ^^\n"),
      std::string::npos);
  EXPECT_NE(Printed("\xe6\xbc\xa2 yz\n").human(4, 6).find("       |    ^^\n"), std::string::npos);
  EXPECT_NE(Printed("\x1b[31m yz\n").human(6, 8).find("     1 | \\x1b[31m yz\n       |          ^^\n"),
            std::string::npos);
  EXPECT_NE(Printed("\xff yz\n").human(2, 4).find("     1 | \\xff yz\n       |      ^^\n"),
            std::string::npos);
}

TEST(HumanForm, marks_the_end_of_a_line_and_keeps_to_one_line) {
  EXPECT_NE(Printed("ab").human(2, 2).find("     1 | ab\n       |   ^\n"), std::string::npos);
  EXPECT_NE(Printed("ab\ncd\n").human(0, 5).find("     1 | ab\n       | ^^\n"), std::string::npos);
  EXPECT_NE(Printed("").human(0, 0).find("     1 | \n       | ^\n"), std::string::npos);
}

TEST(HumanForm, shows_a_window_of_long_lines) {
  const std::string text =
      Printed(std::string(5000, 'x') + "HERE" + std::string(5000, 'y') + "\n").human(5000, 5004);
  EXPECT_LT(text.size(), 500U);
  EXPECT_NE(text.find("...xxx"), std::string::npos);
  EXPECT_NE(text.find("xHEREy"), std::string::npos);
  const std::size_t line = text.find(" | ...") + 3;
  const std::size_t carets = text.find("^^^^");
  const std::size_t below = text.rfind(" | ", carets) + 3;
  EXPECT_EQ(text.find("HERE") - line, carets - below);
}

TEST(HumanForm, escapes_messages_and_shows_notes_with_their_places) {
  const Printed printed("one two\n");
  Diagnostic finding{Severity::warning, &plain_code, {printed.file, 0, 3}, "bad '\x1b[2J'", {}};
  finding.notes.push_back({"first here", {printed.file, 4, 7}});
  finding.notes.push_back({"did you mean 'x'?", {}});
  EXPECT_EQ(human_form(finding, printed.sources, {}),
            "warning[plain]: bad '\\x1b[2J'\n"
            "  --> f.cfg:1:1\n"
            "     1 | one two\n"
            "       | ^^^\n"
            "  note: first here (f.cfg:1:5)\n"
            "     1 | one two\n"
            "       |     ^^^\n"
            "  note: did you mean 'x'?\n"
            "  help: do it\n");
}

TEST(HumanForm, colours_on_demand_only) {
  const Printed printed("x\n");
  const Diagnostic finding{Severity::error, &plain_code, {printed.file, 0, 1}, "m", {}};
  EXPECT_EQ(human_form(finding, printed.sources, {}).find('\x1b'), std::string::npos);
  EXPECT_NE(human_form(finding, printed.sources, {.colour = true}).find("\x1b[1;31m"), std::string::npos);
  const Diagnostic placeless{Severity::error, nullptr, {}, "m", {}};
  EXPECT_EQ(human_form(placeless, printed.sources, {}), "error: m\n");
}

TEST(TerminalEscapes, leave_text_and_hide_controls) {
  EXPECT_EQ(escape_for_terminal("a \xc3\xa9 \xe6\xbc\xa2"), "a \xc3\xa9 \xe6\xbc\xa2");
  EXPECT_EQ(escape_for_terminal("\x1b\x07\n\t\x7f"), "\\x1b\\x07\\x0a\\x09\\x7f");
  EXPECT_EQ(escape_for_terminal(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(escape_for_terminal("\xc3"), "\\xc3");
  EXPECT_EQ(escape_for_terminal("\xc0\x80"), "\\xc0\\x80");           // overlong
  EXPECT_EQ(escape_for_terminal("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // surrogate
  EXPECT_EQ(escape_for_terminal("\xe2\x80\xae"), "\\xe2\\x80\\xae");  // right-to-left override
  EXPECT_EQ(escape_for_terminal("\xc2\x9b"), "\\xc2\\x9b");           // CSI as one character
}

struct SuggestRow {
  std::string_view word;
  std::string_view nearest;  // empty: nothing
};

void PrintTo(const SuggestRow& row, std::ostream* out) { *out << row.word; }

class Suggestions : public testing::TestWithParam<SuggestRow> {};

TEST_P(Suggestions, are_near_or_absent) {
  static constexpr std::string_view known[] = {"balance",         "bind",        "mode",    "server",
                                               "default_backend", "use_backend", "timeout", "log"};
  EXPECT_EQ(nearest(GetParam().word, known).value_or(""), GetParam().nearest);
}

constexpr SuggestRow suggestions[] = {
    {"balanc", "balance"},
    {"blaance", "balance"},
    {"bnid", "bind"},
    {"BIND", "bind"},
    {"mdoe", "mode"},
    {"servr", "server"},
    {"sever", "server"},
    {"timeuot", "timeout"},
    {"default-backend", "default_backend"},
    {"usebackend", "use_backend"},
    {"lgo", "log"},
    {"foobar", ""},
    {"x", ""},
    {"", ""},
    {"zz", ""},
    {"completely", ""},
};
INSTANTIATE_TEST_SUITE_P(Words, Suggestions, testing::ValuesIn(suggestions));

TEST(Suggestions, are_not_made_for_monsters) {
  static constexpr std::string_view known[] = {"mode"};
  EXPECT_FALSE(nearest(std::string(1'000'000, 'm'), known));
}

TEST(Codes, are_unique_and_documented) {
  std::set<std::string_view> names;
  for (const Code* code : codes::all) {
    EXPECT_TRUE(names.insert(code->name).second) << code->name;
    EXPECT_FALSE(code->summary.empty()) << code->name;
    EXPECT_EQ(code->summary.back(), '.') << code->name;
    EXPECT_FALSE(code->remedy.empty()) << code->name;
    EXPECT_EQ(code->name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"), std::string_view::npos)
        << code->name;
  }
}

}  // namespace
}  // namespace shunt::parser
