// Finds the sections of lines that this build can't execute.
#include <algorithm>

#include "analysis/simulation.hpp"
#include "graph/codes.hpp"
#include "graph/rows/families.hpp"

namespace shunt::analysis {
namespace {

std::string_view first_word(std::string_view line) {
  const std::size_t begin = std::min(line.find_first_not_of(" \t"), line.size());
  line.remove_prefix(begin);
  return line.substr(0, line.find_first_of(" \t\r\n"));
}

// From the line on upwards to the head of its section.
parser::Span head_of(const parser::SourceSet& sources, parser::Span span,
                     const std::vector<std::string_view>& sections) {
  const std::string_view text = sources.bytes(span.file);
  std::size_t begin = text.rfind('\n', span.begin) + 1;
  for (;;) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (std::ranges::find(sections, first_word(text.substr(begin, end - begin))) != sections.end())
      return {span.file, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
    if (begin == 0) return {};
    begin = begin < 2 ? 0 : text.rfind('\n', begin - 2) + 1;
  }
}

// Lines that may send a connection elsewhere or end it; tracking and statistics don't.
bool decides(std::string_view line) {
  return line.find("tcp-request") != std::string_view::npos &&
         line.find(" track-sc") == std::string_view::npos && line.find(" sc-") == std::string_view::npos;
}

}  // namespace

std::vector<BlindSpot> blind_spots(const graph::Loaded& loaded) {
  const auto sections = graph::section_names(fetchers::newest_language);
  std::vector<BlindSpot> spots;
  for (const parser::Diagnostic& finding : loaded.sink.all()) {
    if (finding.code != &graph::codes::unsupported || !finding.span.known()) continue;
    const auto place = loaded.sources.locate(finding.span);
    if (!decides(loaded.sources.line(finding.span.file, place.line))) continue;
    spots.push_back({.section = head_of(loaded.sources, finding.span, sections),
                     .span = finding.span,
                     .reason = finding.message});
  }
  return spots;
}

}  // namespace shunt::analysis
