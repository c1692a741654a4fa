// Lines and columns of source text, found when somebody asks for them.
#include "parser/source.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace shunt::parser {
namespace {

std::vector<std::uint32_t> find_line_starts(std::string_view bytes) {
  std::vector<std::uint32_t> starts{0};
  for (std::size_t at = bytes.find('\n'); at != std::string_view::npos; at = bytes.find('\n', at + 1))
    starts.push_back(static_cast<std::uint32_t>(at + 1));
  return starts;
}

}  // namespace

Span cover(Span first, Span last) {
  if (!first.known()) return last;
  if (!last.known() || last.file != first.file) return first;
  return {first.file, std::min(first.begin, last.begin), std::max(first.end, last.end)};
}

FileId SourceSet::add(std::string name, std::string bytes) {
  File& file = files_.emplace_back();
  file.name = std::move(name);
  file.bytes = std::move(bytes);
  file.line_starts = find_line_starts(file.bytes);
  return static_cast<FileId>(files_.size() - 1);
}

std::string_view SourceSet::text(Span span) const {
  if (span.file >= files_.size()) return {};
  const std::string_view all = files_[span.file].bytes;
  const std::size_t begin = std::min<std::size_t>(span.begin, all.size());
  return all.substr(begin, span.end > begin ? span.end - begin : 0);
}

Location SourceSet::locate(FileId file, std::uint32_t offset) const {
  if (file >= files_.size()) return {};
  const auto& starts = files_[file].line_starts;
  const auto after = std::upper_bound(starts.begin(), starts.end(), offset);
  // A file that ends in a newline has no line after it: its end belongs to the last line.
  auto line = after - 1;
  if (line != starts.begin() && *line == files_[file].bytes.size()) --line;
  return {static_cast<std::uint32_t>(line - starts.begin() + 1), offset - *line + 1};
}

std::string_view SourceSet::line(FileId file, std::uint32_t number) const {
  if (file >= files_.size() || number == 0 || number > files_[file].line_starts.size()) return {};
  const File& source = files_[file];
  std::string_view rest = std::string_view(source.bytes).substr(source.line_starts[number - 1]);
  rest = rest.substr(0, rest.find('\n'));
  if (!rest.empty() && rest.back() == '\r') rest.remove_suffix(1);
  return rest;
}

}  // namespace shunt::parser
