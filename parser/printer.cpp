// HAProxy's line form.
#include "parser/printer.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace shunt::parser {
namespace {

// Padded so that the parentheses stand in one column, as HAProxy prints them.
constexpr std::string_view level_text[] = {"[NOTICE]   ", "[WARNING]  ", "[ALERT]    "};

// A fault within the first 80 columns is shown with them; for a later one a piece is cut out of the line.
constexpr std::size_t excerpt_width = 80;
constexpr std::size_t piece_before = 37;
constexpr std::size_t piece_width = 74;

std::string one_byte_each(std::string_view text) {
  std::string made(text);
  for (char& byte : made) {
    const bool blank = byte == ' ' || (byte >= '\t' && byte <= '\r');
    if (blank || byte < ' ' || byte > '~') byte = blank ? ' ' : '?';
  }
  return made;
}

// "  the line\n  <blanks>^"
std::string excerpt(const SourceSet& sources, Span span, Location at) {
  std::string_view line = sources.bytes(span.file).substr(span.begin - (at.column - 1));
  line = line.substr(0, line.find('\n'));  // a CR before it is shown as a blank, as HAProxy does
  const std::size_t fault = std::min<std::size_t>(at.column - 1, line.size());
  const std::size_t indent = std::min(line.find_first_not_of(" \t\v\f\r"), fault);
  std::size_t caret = fault - indent;
  std::string text;
  if (caret < excerpt_width) {
    text = one_byte_each(line.substr(indent, excerpt_width));
  } else {
    text = "..." + one_byte_each(line.substr(fault - piece_before, piece_width)) + "...";
    caret = piece_before + 3;
  }
  return fmt::format("  {}\n  {:>{}}", text, '^', caret + 1);
}

std::string placed(const Diagnostic& diagnostic, const SourceSet& sources) {
  const Location at = sources.locate(diagnostic.span);
  const LineLayout layout = diagnostic.code != nullptr ? diagnostic.code->layout : LineLayout::plain;
  const std::string where = fmt::format("parsing [{}:{}]", sources.name(diagnostic.span.file), at.line);
  switch (layout) {
    case LineLayout::plain: return fmt::format("{} : {}", where, diagnostic.message);
    case LineLayout::tight: return fmt::format("{}: {}", where, diagnostic.message);
    case LineLayout::position:
      return fmt::format("{}: {} at position {}.", where, diagnostic.message, at.column);
    case LineLayout::excerpt: break;
  }
  return fmt::format("{}: {} at position {}:\n{}", where, diagnostic.message, at.column,
                     excerpt(sources, diagnostic.span, at));
}

}  // namespace

std::string line_form(const Diagnostic& diagnostic, const SourceSet& sources, long pid) {
  const std::string_view level = level_text[static_cast<std::size_t>(diagnostic.severity)];
  const std::string body = diagnostic.span.known() ? placed(diagnostic, sources) : diagnostic.message;
  return fmt::format("{}({}) : config : {}\n", level, pid, body);
}

}  // namespace shunt::parser
