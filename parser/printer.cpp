// HAProxy's line form.
#include "parser/printer.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace shunt::parser {
namespace {

// Padded so that the parentheses stand in one column, as HAProxy prints them.
constexpr std::string_view level_text[] = {"[NOTICE]   ", "[WARNING]  ", "[ALERT]    "};

constexpr std::size_t excerpt_width = 79;  // HAProxy's window around a fault in a long line
constexpr std::size_t excerpt_before = 40;

std::string blank_controls(std::string_view text) {
  std::string made(text);
  for (char& byte : made) {
    if (byte == '\t') byte = ' ';
    if (static_cast<unsigned char>(byte) < ' ' || static_cast<unsigned char>(byte) > '~') byte = byte == '\t' ? ' ' : '?';
  }
  return made;
}

// "  the line\n  <blanks>^", cut around the fault when the line is long.
std::string excerpt(const SourceSet& sources, Span span, Location at) {
  const std::string_view line = sources.line(span.file, at.line);
  std::size_t caret = std::min<std::size_t>(at.column - 1, line.size());
  const std::size_t indent = std::min(line.find_first_not_of(" \t"), caret);
  std::string_view shown = line.substr(indent);
  caret -= indent;
  std::string prefix;
  if (caret + 3 > excerpt_before + 3 && shown.size() > excerpt_width) {
    shown.remove_prefix(caret - excerpt_before);
    caret = excerpt_before + 3;
    prefix = "...";
  }
  std::string text = prefix + blank_controls(shown.substr(0, excerpt_width - prefix.size()));
  if (shown.size() > excerpt_width - prefix.size()) text += "...";
  return fmt::format("  {}\n  {:>{}}", text, '^', caret + 1);
}

std::string placed(const Diagnostic& diagnostic, const SourceSet& sources) {
  const Location at = sources.locate(diagnostic.span);
  const LineLayout layout = diagnostic.code != nullptr ? diagnostic.code->layout : LineLayout::plain;
  const std::string where = fmt::format("parsing [{}:{}]", sources.name(diagnostic.span.file), at.line);
  switch (layout) {
    case LineLayout::plain: return fmt::format("{} : {}", where, diagnostic.message);
    case LineLayout::tight: return fmt::format("{}: {}", where, diagnostic.message);
    case LineLayout::position: return fmt::format("{}: {} at position {}.", where, diagnostic.message, at.column);
    case LineLayout::excerpt: break;
  }
  return fmt::format("{}: {} at position {}:\n{}", where, diagnostic.message, at.column, excerpt(sources, diagnostic.span, at));
}

}  // namespace

std::string line_form(const Diagnostic& diagnostic, const SourceSet& sources, long pid) {
  const std::string_view level = level_text[static_cast<std::size_t>(diagnostic.severity)];
  const std::string body = diagnostic.span.known() ? placed(diagnostic, sources) : diagnostic.message;
  return fmt::format("{}({}) : config : {}\n", level, pid, body);
}

}  // namespace shunt::parser
