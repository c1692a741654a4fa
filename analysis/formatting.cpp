// Indentation by section, columns by keyword.
#include "analysis/formatting.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "analysis/raw_line.hpp"
#include "graph/rows/families.hpp"

namespace shunt::analysis {
namespace {

constexpr std::size_t indentation = 4;
constexpr std::size_t columns = 3;  // words in front of which the rest is aligned: "server a 10.0.0.1:80 "
constexpr std::size_t widest_column = 40;  // longer words stand out of their column

enum class Depth : std::uint8_t { margin, inside, as_below };

struct FormattedLine {
  RawLine raw;
  Depth depth = Depth::inside;
};

bool opens_section(std::string_view word) {
  if (word.size() > 1 && (word.front() == '"' || word.front() == '\''))
    word = word.substr(1, word.size() - 2);
  return graph::section_family.find(word) != nullptr;
}

Depth depth_of(const RawLine& line) {
  if (line.words.empty() || line.words.front().starts_with('.')) return Depth::as_below;
  return opens_section(line.words.front()) ? Depth::margin : Depth::inside;
}

bool is_empty(const RawLine& line) { return line.words.empty() && line.comment.empty(); }

// From the end. A comment above an empty line belongs to nothing below: its writer's indentation tells.
void settle_depths(std::vector<FormattedLine>& lines) {
  Depth below = Depth::as_below;
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    if (line->depth == Depth::as_below) line->depth = below;
    if (line->depth == Depth::as_below) line->depth = line->raw.indented ? Depth::inside : Depth::margin;
    below = is_empty(line->raw) ? Depth::as_below : line->depth;
  }
}

std::vector<FormattedLine> read_lines(std::string_view text) {
  std::vector<FormattedLine> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    RawLine raw = split_raw(text.substr(0, end));
    const Depth depth = depth_of(raw);
    lines.push_back({std::move(raw), depth});
    text.remove_prefix(end);
  }
  settle_depths(lines);
  return lines;
}

bool same_keyword(const FormattedLine& a, const FormattedLine& b) {
  return a.depth == Depth::inside && b.depth == Depth::inside && !a.raw.words.empty() &&
         !b.raw.words.empty() && a.raw.words.front() == b.raw.words.front();
}

using Widths = std::array<std::size_t, columns>;

Widths widths_of(const FormattedLine* first, const FormattedLine* last) {
  Widths widths = {};
  for (; first != last; ++first) {
    // The last word of a line needs no column.
    for (std::size_t i = 0; i < columns && i + 1 < first->raw.words.size(); ++i)
      if (first->raw.words[i].size() <= widest_column)
        widths[i] = std::max(widths[i], first->raw.words[i].size());
  }
  return widths;
}

void write(std::string& out, const FormattedLine& line, const Widths& widths) {
  const RawLine& raw = line.raw;
  if (line.depth == Depth::inside && !is_empty(raw)) out.append(indentation, ' ');
  for (std::size_t i = 0; i < raw.words.size(); ++i) {
    out += raw.words[i];
    if (i + 1 == raw.words.size()) continue;
    const std::size_t width = i < columns ? widths[i] : 0;
    out.append(1 + width - std::min(width, raw.words[i].size()), ' ');
  }
  if (!raw.words.empty() && !raw.comment.empty()) out += "  ";
  out += raw.comment;
  out += raw.line_end;
}

}  // namespace

std::string formatted(std::string_view text) {
  const std::vector<FormattedLine> lines = read_lines(text);
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const FormattedLine* first = lines.data(); first != lines.data() + lines.size();) {
    const FormattedLine* last = first + 1;
    while (last != lines.data() + lines.size() && same_keyword(*first, *last)) ++last;
    const Widths widths = last - first > 1 ? widths_of(first, last) : Widths{};
    for (; first != last; ++first) write(out, *first, widths);
  }
  return out;
}

}  // namespace shunt::analysis
