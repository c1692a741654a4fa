// Syntax values: where a part of a word was written, the tree's storage, one line cut on its own.
#include "parser/syntax.hpp"

#include <algorithm>

#include "parser/line_lexer.hpp"

namespace shunt::parser {

Span Word::slice(std::size_t begin, std::size_t end) const {
  if (span.file == no_file) return {};
  if (value.empty()) return span;
  begin = std::min(begin, value.size() - 1);  // the end of the word is shown at its last byte
  end = std::clamp(end, begin + 1, value.size());
  if (origin.empty())
    return {span.file, span.begin + static_cast<std::uint32_t>(begin),
            span.begin + static_cast<std::uint32_t>(end)};
  const std::uint32_t last = origin[end - 1];
  const std::uint32_t stop = origin_ends != nullptr ? origin_ends[end - 1] : last + 1;
  return {span.file, origin[begin], std::max(stop, origin[begin] + 1)};
}

Syntax::Syntax() : storage(std::make_unique<std::pmr::monotonic_buffer_resource>()) {}

std::vector<Word> split_words(const SourceSet& sources, Span line, const Environment& environment,
                              std::pmr::memory_resource& storage, DiagnosticSink& sink) {
  LineLexer lexer(sources, line.file, storage, sink);
  const LinePlace place{.file = sources.name(line.file), .line = sources.locate(line).line};
  const auto words = lexer.split(line.begin, line.end, environment, place);
  return {words.begin(), words.end()};
}

}  // namespace shunt::parser
