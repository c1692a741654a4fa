// Files as one configuration: sections, environment changes, unfinished lines, NUL bytes.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "parser/printer.hpp"
#include "tests/parser/support.hpp"

namespace shunt::parser {
namespace {

struct Files {
  SourceSet sources;
  std::vector<FileId> ids;
  Environment environment;
  DiagnosticSink sink;
  Syntax syntax;

  explicit Files(std::vector<std::string> texts) {
    for (std::string& text : texts)
      ids.push_back(sources.add(std::to_string(ids.size()) + ".cfg", std::move(text)));
    environment.set("SET", "old");
    syntax = parse_files(sources, ids, {section_names, &environment}, sink);
  }

  // "head{line|line} head{...}" with the words joined by '.'.
  [[nodiscard]] std::string outline() const {
    std::string text;
    for (const Section& section : syntax.sections) {
      text += (text.empty() ? "" : " ") + joined(section.head) + '{';
      for (const Line& line : section.lines) text += (text.back() == '{' ? "" : "|") + joined(line);
      text += '}';
    }
    return text;
  }
  [[nodiscard]] static std::string joined(const Line& line) {
    std::string text;
    for (const Word& word : line.words) text += (text.empty() ? "" : ".") + std::string(word.value);
    return text;
  }
  [[nodiscard]] std::string printed() const {
    std::string text;
    for (const Diagnostic& finding : sink.all()) text += line_form(finding, sources, 7).substr(26);
    return text;
  }
};

struct FilesRow {
  std::vector<std::string> texts;
  std::string_view outline;
  std::string_view printed = "";
};

class FilesTable : public testing::TestWithParam<FilesRow> {};

TEST_P(FilesTable, become_sections_and_findings) {
  const Files files(GetParam().texts);
  EXPECT_EQ(files.outline(), GetParam().outline);
  EXPECT_EQ(files.printed(), GetParam().printed);
}

const FilesRow rows[] = {
    {{""}, ""},
    {{"\n\n# c\n"}, ""},
    {{"global\n maxconn 1\nfrontend web\n bind :80\n"}, "global{maxconn.1} frontend.web{bind.:80}"},
    {{"global\r\n maxconn 1\r\n\r\n"}, "global{maxconn.1}"},
    {{"defaults x from y\n mode tcp\ndefaults\nglobal\nglobal\n"},
     "defaults.x.from.y{mode.tcp} defaults{} global{} global{}"},
    {{"global\n a\n", "global\n b\n"}, "global{a} global{b}"},
    // No section goes on into the next file.
    {{"global\n", " a\nglobal\n b\n"},
     "global{} global{b}",
     "parsing [1.cfg:1]: unknown keyword 'a' out of section.\n"},
    {{"mode tcp\nlisten l\n"}, "listen.l{}", "parsing [0.cfg:1]: unknown keyword 'mode' out of section.\n"},
    {{"global\n a"},
     "global{a}",
     "parsing [0.cfg:2]: Missing LF on last line, file might have been truncated at position 3.\n"},
    {{"# x"},
     "",
     "parsing [0.cfg:1]: Missing LF on last line, file might have been truncated at position 4.\n"},
    {{"global\n  "},
     "global{}",
     "parsing [0.cfg:2]: Missing LF on last line, file might have been truncated at position 3.\n"},
    {{"global\n a", "global\n"},
     "global{a} global{}",
     "parsing [0.cfg:2]: Missing LF on last line, file might have been truncated at position 3.\n"},
    {{std::string("global\n ma\0x 1\n b\n", 18), "listen l\n"},
     "global{ma} listen.l{}",
     "parsing [0.cfg:2]: Stray NUL character at position 4.\n"},
    {{"global\n a \"b\n c\n"},
     "global{c}",
     "parsing [0.cfg:2]: unmatched quote at position 4:\n  a \"b\n    ^\n"},
    // Lines below an unreadable head are not blamed for it.
    {{"global\nfrontend \"b\n c\nlisten l\n d\n"},
     "global{} listen.l{d}",
     "parsing [0.cfg:2]: unmatched quote at position 10:\n  frontend \"b\n           ^\n"},
    {{"global\n .if 1\n"}, "global{}", "parsing [0.cfg:2]: non-terminated '.if' block.\n"},
    {{"global\n .if 0\n a\n .elif 1\n b\n .else\n c\n .endif\n d\n"}, "global{b|d}"},
    {{"global\n .if 1\n .if 0\n a\n .else\n b\n .endif\n c\n .else\n d\n .endif\n"}, "global{b|c}"},
};
INSTANTIATE_TEST_SUITE_P(Texts, FilesTable, testing::ValuesIn(rows));

const FilesRow environment_rows[] = {
    {{"global\n a \"$SET\"\n setenv SET new\n a \"$SET\"\n"}, "global{a.old|setenv.SET.new|a.new}"},
    {{"global\n presetenv SET new\n presetenv OTHER x\n a \"$SET$OTHER\"\n"},
     "global{presetenv.SET.new|presetenv.OTHER.x|a.oldx}"},
    {{"global\n unsetenv SET\n a \"${SET-none}\"\n"}, "global{unsetenv.SET|a.none}"},
    {{"global\n setenv K v\n resetenv K\n a \"${SET-none}$K\"\n"}, "global{setenv.K.v|resetenv.K|a.nonev}"},
    {{"global\n resetenv\n a \"${SET-none}\"\n"}, "global{resetenv|a.none}"},
    {{"listen l\n setenv SET new\n a \"$SET\"\n"}, "listen.l{setenv.SET.new|a.old}"},
    {{"global\n setenv SET new more\n", "listen \"$SET\"\n"}, "global{setenv.SET.new.more} listen.new{}"},
    {{"global\n a \"${.SECTION}:${.LINE}\"\nlisten \"${.SECTION}x\"\n a \"${.SECTION}\"\n"},
     "global{a.global:2} listen.globalx{a.globalx}"},
    {{"listen l\n", "listen m\"${.SECTION}\"\n"}, "listen.l{} listen.m{}"},
};
INSTANTIATE_TEST_SUITE_P(Environments, FilesTable, testing::ValuesIn(environment_rows));

TEST(Dump, shows_words_and_columns) {
  const Files files({"listen l # c\n bind  \"a b\"\\x41\n"});
  EXPECT_EQ(dump(files.syntax, files.sources),
            "section 0.cfg:1 \"listen\"@1-7 \"l\"@8-9\n"
            "  line 0.cfg:2 \"bind\"@2-6 \"a bA\"@8-17\n");
}

// Ten times the text may not take a hundred times the time.
TEST(ReadingTime, grows_with_the_size_only) {
  const auto seconds = [](std::size_t size) {
    std::string text = "listen l\n a " + std::string(size, 'b') + "\n b ";
    for (std::size_t i = 0; i < size / 10; ++i) text += "\"x\\\"y\" ";
    text += "\n";
    for (std::size_t i = 0; i < size / 10; ++i) text += " k v\n";
    const auto begin = std::chrono::steady_clock::now();
    const Files files({text});
    EXPECT_EQ(files.syntax.sections.front().lines.size(), size / 10 + 1);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  const auto best = [&](std::size_t size) { return std::min({seconds(size), seconds(size), seconds(size)}); };
  EXPECT_LT(best(500'000), std::max(best(50'000), 0.002) * 50);
}

// ---- who this process is among peers

struct PeerRow {
  std::string_view lines;
  std::string_view local, variable;
};

// "local peer, variable" after a `global` section with these lines.
std::string peer_after(std::string_view lines, bool by_flag) {
  SourceSet sources;
  const std::vector<FileId> ids = {sources.add("peers.cfg", "global\n" + std::string(lines))};
  Environment environment;
  environment.name_local_peer("host", by_flag);
  DiagnosticSink sink;
  static_cast<void>(parse_files(sources, ids, {section_names, &environment}, sink));
  return environment.local_peer() + ", " +
         std::string(environment.get("HAPROXY_LOCALPEER").value_or("unset"));
}

class LocalPeer : public testing::TestWithParam<PeerRow> {};
TEST_P(LocalPeer, is_not_what_the_variable_says) {
  EXPECT_EQ(peer_after(GetParam().lines, false),
            std::string(GetParam().local) + ", " + std::string(GetParam().variable));
}
INSTANTIATE_TEST_SUITE_P(All, LocalPeer,
                         testing::Values(PeerRow{"", "host", "host"}, PeerRow{" localpeer y\n", "y", "y"},
                                         PeerRow{" localpeer y\n localpeer z\n", "z", "z"},
                                         PeerRow{" resetenv\n", "host", "unset"},
                                         PeerRow{" setenv HAPROXY_LOCALPEER z\n", "host", "z"},
                                         PeerRow{" setenv HAPROXY_LOCALPEER z\n localpeer y\n", "y", "y"},
                                         PeerRow{" localpeer y\n setenv HAPROXY_LOCALPEER z\n", "y", "z"},
                                         PeerRow{" resetenv\n localpeer y\n", "y", "y"},
                                         PeerRow{" localpeer y\n resetenv\n", "y", "unset"}));

TEST(LocalPeerOfTheCommandLine, IsNotRenamed) {
  EXPECT_EQ(peer_after(" localpeer y\n", true), "host, host");
  EXPECT_EQ(peer_after(" resetenv\n localpeer y\n", true), "host, unset");
  EXPECT_EQ(peer_after(" localpeer y\n setenv HAPROXY_LOCALPEER z\n", true), "host, z");
}

}  // namespace
}  // namespace shunt::parser
