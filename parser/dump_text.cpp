// Stable text forms for golden tests.
#include "parser/dump_text.hpp"

#include <fmt/core.h>

#include "parser/syntax.hpp"

namespace shunt::parser {

std::string quote_text(std::string_view text) {
  std::string made = "\"";
  for (const char byte : text) {
    if (byte == '"' || byte == '\\')
      (made += '\\') += byte;
    else if (byte >= ' ' && byte <= '~')
      made += byte;
    else
      made += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
  }
  return made += '"';
}

namespace {

std::string dump_line(const Line& line, const SourceSet& sources) {
  std::string text = fmt::format("{}:{}", sources.name(line.span.file), line.number);
  for (const Word& word : line.words) {
    const Location from = sources.locate(word.span);
    text += fmt::format(" {}@{}-{}", quote_text(word.value), from.column,
                        from.column + (word.span.end - word.span.begin));
  }
  return text + '\n';
}

}  // namespace

std::string dump(const Syntax& syntax, const SourceSet& sources) {
  std::string text;
  for (const Section& section : syntax.sections) {
    text += "section " + dump_line(section.head, sources);
    for (const Line& line : section.lines) text += "  line " + dump_line(line, sources);
  }
  return text;
}

}  // namespace shunt::parser
