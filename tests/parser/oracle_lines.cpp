// Random lines through the lexer and through the installed HAProxy: same words, same faults, same printed
// text.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory_resource>
#include <random>
#include <string>
#include <vector>

#include "parser/printer.hpp"
#include "parser/syntax.hpp"

namespace shunt::parser {
namespace {

constexpr std::string_view binary = "/usr/sbin/haproxy";

// HAProxy gives up a file after 50 faults.
constexpr int lines_per_file = 49;

// What HAProxy printed, by "FILE:LINE" (excerpts included). `files` is a list of paths for its command line.
std::map<std::string, std::string> run_haproxy(const std::string& files) {
  std::map<std::string, std::string> by_line;
  const std::string command =
      "env -i PATH=/bin ONE=one TWO='two words' EMPTY= " + std::string(binary) + " -c -- " + files + " 2>&1";
  std::FILE* pipe = popen(command.c_str(), "r");
  std::string output;
  std::array<char, 4096> buffer{};
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe))
    output.append(buffer.data(), got);
  pclose(pipe);
  const std::string mark = ") : config : parsing [";
  for (std::size_t at = output.find(mark); at != std::string::npos;) {
    const std::size_t next = output.find(mark, at + 1);
    const std::size_t place = at + mark.size();
    const std::size_t close = output.find(']', place);
    std::string text = output.substr(close + 1, next == std::string::npos ? next : next - close - 1);
    // The next finding's level and pid belong to it, and so does all that is not about a line.
    const std::size_t level =
        std::min({text.find("\n[ALERT]  "), text.find("\n[NOTICE]  "), text.find("\n[WARNING]  ")});
    by_line[output.substr(place, close - place)] +=
        text.substr(0, level == std::string::npos ? level : level + 1);
    at = next;
  }
  return by_line;
}

Environment test_environment() {
  Environment environment;
  environment.set("ONE", "one");
  environment.set("TWO", "two words");
  environment.set("EMPTY", "");
  return environment;
}

// What HAProxy 2.6 prints for a `.notice` line with these words: an empty word ends the list there.
std::string notice_output(const std::vector<Word>& words) {
  std::vector<std::string> arguments;
  for (std::size_t i = 1; i < 3; ++i)
    arguments.emplace_back(i < words.size() ? words[i].value : std::string_view{});
  if (!arguments[1].empty())
    return ": Unexpected argument '" + arguments[1] +
           "' for '.notice'. Use quotes if the message should contain spaces.\n";
  return ": '" + arguments[0] + "'.\n";
}

std::string expected_output(const SourceSet& sources, Span line, const Environment& environment) {
  std::pmr::monotonic_buffer_resource storage;
  DiagnosticSink sink;
  const auto words = split_words(sources, line, environment, storage, sink);
  for (const Diagnostic& finding : sink.all()) {
    const std::string_view name = finding.code->name;
    if (name == "empty-argument" || name == "nul-in-word") continue;  // only newer versions, only shunt
    const std::string text = line_form(finding, sources, 1);
    return text.substr(text.find(']') == std::string::npos ? 0
                                                           : text.find("]: ", text.find(" : parsing [")) + 1);
  }
  return notice_output(words);
}

using Pieces = std::vector<std::string_view>;

const Pieces lexical_pieces = {"a",
                               "b",
                               "c",
                               " ",
                               " ",
                               "\t",
                               "\v",
                               "\f",
                               "\r",
                               "#",
                               "\"",
                               "\"",
                               "'",
                               "'",
                               "\\",
                               "\\",
                               "\\\"",
                               "\\'",
                               "\\ ",
                               "\\#",
                               "\\$",
                               "\\n",
                               "\\x41",
                               "\\x4",
                               "\\t",
                               "\\q",
                               "$",
                               "${",
                               "}",
                               "$ONE",
                               "\"$ONE\"",
                               "\"${TWO}\"",
                               "\"${TWO[*]}\"",
                               "\"${NONE-d e}\"",
                               "\"${NONE[*]-d e}\"",
                               "-",
                               "[*]",
                               "[",
                               ".",
                               "\"$EMPTY\"",
                               "\"${.LINE}\"",
                               "\"${ONE}x",
                               "é",
                               "\xff",
                               "1",
                               "_",
                               "$1",
                               "word",
                               "{",
                               "x y"};

class OracleLines : public testing::TestWithParam<unsigned> {};

std::string random_line(std::mt19937& random, std::size_t longest) {
  const std::size_t count = std::uniform_int_distribution<std::size_t>(1, longest)(random);
  std::string line = ".notice ";
  for (std::size_t i = 0; i < count; ++i)
    line += lexical_pieces[std::uniform_int_distribution<std::size_t>(0, lexical_pieces.size() - 1)(random)];
  return line + '\n';
}

// HAProxy cuts the line it shows at a "${...}" that it has expanded already; the whole line is better.
std::string without_excerpt(const std::string& text, std::string_view line) {
  if (line.find("${") == std::string_view::npos || text.find(" at position ") == std::string::npos)
    return text;
  return text.substr(0, text.find('\n'));
}

// The words of list variables are cut a little differently on purpose: no empty ones.
bool comparable(const std::string& line) { return line.find("EMPTY[*]") == std::string::npos; }

struct Folder {
  Folder() : path(std::filesystem::temp_directory_path() / ("shunt-oracle-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path path;
};

std::string random_file(std::mt19937& random, std::size_t longest) {
  std::string text = "global\n";
  for (int i = 0; i < lines_per_file; ++i) {
    const std::string line = random_line(random, longest);
    if (comparable(line)) text += line;
  }
  return text;
}

TEST_P(OracleLines, agree) {
  if (!std::filesystem::exists(binary)) GTEST_SKIP() << "no HAProxy installed";
  const Folder folder;
  std::mt19937 random(GetParam());
  SourceSet sources;
  std::string files;
  for (int i = 0; i < 40; ++i) {
    const std::string path = (folder.path / (std::to_string(i) + ".cfg")).string();
    const std::string text = random_file(random, GetParam() % 2 == 0 ? 9 : 70);
    std::ofstream(path, std::ios::binary) << text;
    sources.add(path, text);
    files += ' ' + path;
  }
  const auto printed = run_haproxy(files);
  ASSERT_GT(printed.size(), 1500U);
  const Environment environment = test_environment();
  int differences = 0;
  for (FileId file = 0; file < sources.size(); ++file) {
    const std::string_view bytes = sources.bytes(file);
    std::size_t at = bytes.find('\n') + 1;
    for (unsigned number = 2; at < bytes.size() && differences < 5; ++number) {
      const std::size_t end = bytes.find('\n', at);
      const Span line{file, static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end)};
      const std::string_view written = bytes.substr(at, end - at);
      const std::string expected = without_excerpt(expected_output(sources, line, environment), written);
      const auto found = printed.find(std::string(sources.name(file)) + ':' + std::to_string(number));
      const std::string got = without_excerpt(found == printed.end() ? "" : found->second, written);
      if (expected != got) ++differences;
      EXPECT_EQ(expected, got) << sources.name(file) << ':' << number << ": " << written;
      at = end + 1;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, OracleLines, testing::Range(1U, 13U));

}  // namespace
}  // namespace shunt::parser
