// What the parser's tests share: text in, words, codes and marked source out.
#pragma once
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

#include "parser/syntax.hpp"

namespace shunt::parser {

// One text read as a file or a line, with everything that was found.
struct Reading {
  SourceSet sources;
  FileId file = no_file;
  Environment environment;
  DiagnosticSink sink;
  std::pmr::monotonic_buffer_resource storage;

  explicit Reading(std::string text, std::string name = "t.cfg") {
    file = sources.add(std::move(name), std::move(text));
  }

  [[nodiscard]] Span whole() const {
    return {file, 0, static_cast<std::uint32_t>(sources.bytes(file).size())};
  }
  [[nodiscard]] std::vector<Word> words() {
    return split_words(sources, whole(), environment, storage, sink);
  }

  // "code@begin-end" of each finding, offsets from 0, separated by blanks.
  [[nodiscard]] std::string faults() const {
    std::string text;
    for (const Diagnostic& finding : sink.all()) {
      if (!text.empty()) text += ' ';
      text += std::string(finding.code->name) + '@' + std::to_string(finding.span.begin) + '-' +
              std::to_string(finding.span.end);
    }
    return text;
  }
};

// The values between brackets: [a][b c].
inline std::string bracketed(const std::vector<Word>& words) {
  std::string text;
  for (const Word& word : words) text += '[' + std::string(word.value) + ']';
  return text;
}

inline constexpr std::string_view section_names[] = {"global", "defaults", "frontend", "backend", "listen"};

}  // namespace shunt::parser
