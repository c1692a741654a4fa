// What is checked when all words of a line are known: NUL bytes, their number, empty ones.
#include <fmt/core.h>

#include "parser/codes.hpp"
#include "parser/line_lexer.hpp"

namespace shunt::parser {

// HAProxy's words are C strings, so `\\x00` silently ends one there.
void LineLexer::cut_at_nul() {
  for (Word& word : builder_.words()) {
    const std::size_t nul = word.value.find('\0');
    if (nul == std::string_view::npos) continue;
    report(codes::nul_in_word, word.slice(nul, nul + 1), "a word cannot hold a NUL byte and ends before it");
    word.value = word.value.substr(0, nul);
    if (!word.origin.empty()) word.origin = word.origin.first(nul);
  }
}

void LineLexer::check_count() {
  const auto& words = builder_.words();
  if (words.size() <= max_words && !gap_at_limit_) return;
  std::size_t position = 1;  // in the line as it is after unquoting, where one byte separates words
  for (std::size_t i = 0; i + 1 < max_words; ++i) position += words[i].value.size() + 1;
  const Word& last = words[max_words - 1];
  report(codes::too_many_words, last.span,
         fmt::format("too many words, truncating after word {}, position {}: <{}>.", max_words, position,
                     last.value));
}

void LineLexer::check_empty() {
  auto& words = builder_.words();
  for (std::size_t i = 0; i < words.size() && i < max_words; ++i) {
    if (!words[i].value.empty()) continue;
    if (empty_words_ == EmptyWords::end_line) {
      words.resize(i);
      return;
    }
    report(codes::empty_argument, words[i].span,
           fmt::format("argument number {} at position {} is empty and marks the end of the argument list", i,
                       words[i].span.begin - line_begin_ + 1));
  }
}

}  // namespace shunt::parser
