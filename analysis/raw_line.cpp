// Where words begin and end, without resolving them.
#include "analysis/raw_line.hpp"

#include <algorithm>

namespace shunt::analysis {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Behind the quoted text that begins at `at`. A backslash protects only between double quotes.
std::size_t behind_quotes(std::string_view text, std::size_t at) {
  const char quote = text[at++];
  for (; at < text.size() && text[at] != quote; ++at)
    if (quote == '"' && text[at] == '\\') ++at;
  return std::min(at + 1, text.size());
}

std::size_t behind_word(std::string_view text, std::size_t at) {
  while (at < text.size() && !is_blank(text[at]) && text[at] != '#') {
    if (text[at] == '"' || text[at] == '\'')
      at = behind_quotes(text, at);
    else
      at += text[at] == '\\' ? 2 : 1;
  }
  return std::min(at, text.size());
}

}  // namespace

RawLine split_raw(std::string_view line) {
  RawLine result;
  std::size_t size = line.size();
  if (size > 0 && line[size - 1] == '\n') --size;
  if (size < line.size() && size > 0 && line[size - 1] == '\r') --size;
  result.line_end = line.substr(size);
  line = line.substr(0, size);
  result.indented = !line.empty() && is_blank(line.front());
  for (std::size_t at = 0; at < line.size();) {
    if (is_blank(line[at])) {
      ++at;
    } else if (line[at] == '#') {
      result.comment = line.substr(at);
      return result;
    } else {
      const std::size_t end = behind_word(line, at);
      result.words.push_back(line.substr(at, end - at));
      at = end;
    }
  }
  return result;
}

}  // namespace shunt::analysis
