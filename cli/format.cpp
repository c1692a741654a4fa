// `shunt fmt FILE...`: files in the common layout, printed, compared or written back.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "analysis/formatting.hpp"
#include "cli/option_words.hpp"
#include "cli/verbs.hpp"
#include "graph/rows/families.hpp"
#include "parser/printer.hpp"
#include "parser/syntax.hpp"

namespace shunt::cli {
namespace {

enum class Output : std::uint8_t { print, list, write };

struct Flag {
  std::string_view name;
  Output output;
  std::string_view help;
};
constexpr auto flags = std::to_array<Flag>({
    {"-l", Output::list, "name the files that differ from it; exit status 1 if one does"},
    {"-w", Output::write, "write the files back"},
});

int refuse(std::string_view message) {
  fmt::print(stderr,
             "shunt fmt: {}\n"
             "usage: shunt fmt [-l|-w] <file>...\n"
             "  (nothing)  print the files with the common indentation and columns\n",
             message);
  for (const Flag& flag : flags) fmt::print(stderr, "  {:10} {}\n", flag.name, flag.help);
  return 1;
}

// The words of all lines; comments and layout are gone.
struct Tree {
  std::vector<std::vector<std::string>> lines;
  bool sound = true;
};

Tree tree_of(const std::string& name, std::string text, std::FILE* complaints) {
  const auto heads = graph::section_names(graph::language_of(graph::Target::shunt));
  parser::SourceSet sources;
  parser::DiagnosticSink sink;
  parser::Environment environment = parser::Environment::of_process();
  const parser::FileId file = sources.add(name, std::move(text));
  const parser::Syntax syntax =
      parser::parse_files(sources, std::span(&file, 1), {heads, &environment, true}, sink);
  Tree tree;
  tree.sound = !sink.has_errors();
  if (complaints != nullptr)
    for (const parser::Diagnostic& finding : sink.all())
      std::fputs(parser::human_form(finding, sources, {}).c_str(), complaints);
  const auto add = [&tree](const parser::Line& line) {
    auto& words = tree.lines.emplace_back();
    for (const parser::Word& word : line.words) words.emplace_back(word.value);
  };
  for (const parser::Section& section : syntax.sections) {
    add(section.head);
    std::ranges::for_each(section.lines, add);
  }
  return tree;
}

// Nothing: it was said why.
std::optional<std::string> formatted_file(const std::string& name, const std::string& text) {
  const Tree before = tree_of(name, text, stderr);
  if (!before.sound) return std::nullopt;
  std::string result = analysis::formatted(text);
  if (tree_of(name, result, nullptr).lines == before.lines) return result;
  fmt::print(stderr, "shunt fmt: {}: the result would not mean the same; it is left as it is\n", name);
  return std::nullopt;
}

// In one step, so that nobody sees half a file.
bool write_back(const std::string& name, const std::string& text) {
  const std::string temporary = name + ".shunt-fmt";
  std::ofstream(temporary, std::ios::binary) << text;
  std::error_code error;
  if (std::filesystem::file_size(temporary, error) != text.size()) return false;
  std::filesystem::permissions(temporary, std::filesystem::status(name, error).permissions(), error);
  std::filesystem::rename(temporary, name, error);
  return !error;
}

bool format_one(const std::string& name, Output output) {
  std::ifstream stream(name, std::ios::binary);
  std::ostringstream bytes;
  bytes << stream.rdbuf();
  if (!stream) return fmt::print(stderr, "shunt fmt: cannot read the file '{}'\n", name), false;
  const auto result = formatted_file(name, bytes.str());
  if (!result) return false;
  if (output == Output::print)
    return std::fwrite(result->data(), 1, result->size(), stdout) == result->size();
  if (*result == bytes.str()) return true;
  if (output == Output::list) return fmt::print("{}\n", name), false;
  if (write_back(name, *result)) return true;
  return fmt::print(stderr, "shunt fmt: cannot write the file '{}'\n", name), false;
}

}  // namespace

int format_files(const Words& words) {
  Output output = Output::print;
  std::vector<std::string> files;
  for (OptionWords given(words); given.next();) {
    if (given.is_file()) {
      files.emplace_back(given.word());
      continue;
    }
    const auto* flag = std::ranges::find(flags, given.name(), &Flag::name);
    if (flag == flags.end()) return refuse(unknown_option(given.name(), names_of(flags)));
    output = flag->output;
  }
  if (files.empty()) return refuse("no file given");
  bool good = true;
  for (const std::string& file : files) good = format_one(file, output) && good;
  return good ? 0 : 1;
}

}  // namespace shunt::cli
