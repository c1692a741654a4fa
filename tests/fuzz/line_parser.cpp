// Fuzzes the reader of whole configuration texts; input: a configuration file.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "parser/printer.hpp"
#include "parser/syntax.hpp"

namespace {

using namespace shunt::parser;

void expect(bool holds) {
  if (!holds) std::abort();
}

// Whatever the text, words lie inside their line's file and every byte leads back to a place in it.
void check_word(const Word& word, std::size_t size) {
  expect(word.span.begin <= word.span.end && word.span.end <= size);
  expect(word.origin.empty() || word.origin.size() == word.value.size());
  for (std::size_t i = 0; i < word.value.size(); ++i) {
    const Span at = word.slice(i, i + 1);
    expect(at.begin >= word.span.begin && at.begin < at.end && at.end <= word.span.end);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr std::string_view names[] = {"global", "defaults", "frontend", "backend", "listen"};
  SourceSet sources;
  const FileId file = sources.add("f", std::string(reinterpret_cast<const char*>(data), size));
  Environment environment;
  environment.set("A", "one two");
  DiagnosticSink sink;
  const FileId files[] = {file, file};
  const Syntax syntax = parse_files(sources, files, {names, &environment}, sink);
  for (const Section& section : syntax.sections)
    for (const Line& line : section.lines)
      for (const Word& word : line.words) check_word(word, size);
  expect(!dump(syntax, sources).empty() || syntax.sections.empty());
  for (const Diagnostic& finding : sink.all()) {
    expect(!line_form(finding, sources, 1).empty());
    expect(!human_form(finding, sources, {}).empty());
  }
  return 0;
}
