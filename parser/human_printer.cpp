// The form for people: place, source line, carets under the exact bytes, notes.
#include <fmt/core.h>

#include <algorithm>
#include <string>

#include "parser/printer.hpp"
#include "parser/utf8.hpp"

namespace shunt::parser {
namespace {

constexpr std::size_t window = 100;  // columns of a source line that are shown
constexpr std::size_t context = 30;  // of them before the span, at least

struct LevelRow {
  std::string_view name;
  std::string_view colour;
};
constexpr LevelRow levels[] = {{"notice", "\x1b[1;36m"}, {"warning", "\x1b[1;33m"}, {"error", "\x1b[1;31m"}};
constexpr std::string_view bold = "\x1b[1m";
constexpr std::string_view plain = "\x1b[0m";

std::string painted(std::string_view text, std::string_view colour, bool on) {
  return on ? fmt::format("{}{}{}", colour, text, plain) : std::string(text);
}

// One line as it is shown: text, and for the span the first column and the number of columns.
struct Rendered {
  std::string text;
  std::size_t first = 0;
  std::size_t width = 0;
};

// One source character as shown: what is printed and how many columns it takes.
struct Cell {
  std::string text;
  std::size_t columns = 1;
  std::size_t bytes = 1;
};

Cell cell_at(std::string_view rest) {
  constexpr std::size_t tab = 4;
  if (rest.front() == '\t') return {std::string(tab, ' '), tab, 1};
  const std::size_t size = printable_size(rest);
  if (size != 0) return {std::string(rest.substr(0, size)), display_width(rest.substr(0, size)), size};
  const std::string escaped = escape_for_terminal(rest.substr(0, 1));
  return {escaped, escaped.size(), 1};
}

// `begin` and `end` are byte offsets in the line.
Rendered render(std::string_view line, std::size_t begin, std::size_t end) {
  Rendered made;
  std::size_t columns = 0;
  std::size_t at = begin > window - context ? begin - context : 0;
  while (at != 0 && at < line.size() && (static_cast<unsigned char>(line[at]) & 0xc0) == 0x80) --at;
  if (at != 0) {
    made.text = "...";
    columns = made.text.size();
  }
  while (at < line.size() && columns < window) {
    const Cell cell = cell_at(line.substr(at));
    if (at < begin)
      made.first = columns + cell.columns;
    else if (at == begin)
      made.first = columns;
    if (at >= begin && at < end) made.width += cell.columns;
    made.text += cell.text;
    columns += cell.columns;
    at += cell.bytes;
  }
  if (at < line.size()) made.text += "...";
  if (begin >= line.size()) made.first = columns;
  made.width = std::max<std::size_t>(made.width, 1);
  return made;
}

std::string place(Span span, const SourceSet& sources) {
  const Location at = sources.locate(span);
  return fmt::format("{}:{}:{}", escape_for_terminal(sources.name(span.file)), at.line, at.column);
}

// "   12 | text" and the carets below it.
std::string source_lines(Span span, const SourceSet& sources, std::string_view colour, bool on) {
  const Location at = sources.locate(span);
  const std::string_view line = sources.line(span.file, at.line);
  const std::size_t begin = at.column - 1;
  const std::size_t length = span.end > span.begin ? span.end - span.begin : 1;
  const Rendered shown = render(line, begin, std::min(begin + length, std::max(line.size(), begin + 1)));
  const std::string carets = painted(std::string(shown.width, '^'), colour, on);
  return fmt::format("{:>6} | {}\n{:>6} | {}{}\n", at.line, shown.text, "", std::string(shown.first, ' '),
                     carets);
}

std::string note_text(const Note& note, const SourceSet& sources, bool colour) {
  std::string text = painted("  note: ", bold, colour) + escape_for_terminal(note.message) + '\n';
  if (!note.span.known()) return text;
  text.insert(text.size() - 1, fmt::format(" ({})", place(note.span, sources)));
  return text + source_lines(note.span, sources, bold, colour);
}

}  // namespace

std::string human_form(const Diagnostic& diagnostic, const SourceSet& sources, const HumanOptions& options) {
  const LevelRow& level = levels[static_cast<std::size_t>(diagnostic.severity)];
  std::string head(level.name);
  if (diagnostic.code != nullptr) head += fmt::format("[{}]", diagnostic.code->name);
  std::string text =
      painted(head, level.colour, options.colour) + ": " + escape_for_terminal(diagnostic.message) + '\n';
  if (diagnostic.span.known()) {
    text += "  --> " + place(diagnostic.span, sources) + '\n';
    text += source_lines(diagnostic.span, sources, level.colour, options.colour);
  }
  for (const Note& note : diagnostic.notes) text += note_text(note, sources, options.colour);
  if (diagnostic.code != nullptr && !diagnostic.code->remedy.empty())
    text += painted("  help: ", bold, options.colour) + std::string(diagnostic.code->remedy) + '\n';
  return text;
}

}  // namespace shunt::parser
