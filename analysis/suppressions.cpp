// Finds the comments by line.
#include "analysis/suppressions.hpp"

#include <algorithm>
#include <string_view>

namespace shunt::analysis {
namespace {

constexpr std::string_view marker = "# shunt: ignore=";

// The list behind the marker up to a blank; empty without one.
std::string_view codes_in(std::string_view line) {
  const std::size_t at = line.find(marker);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = line.substr(at + marker.size());
  return rest.substr(0, rest.find_first_of(" \t\r"));
}

bool names(std::string_view list, std::string_view code) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (list.substr(0, comma) == code) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

bool only_comment(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t");
  return first != std::string_view::npos && line[first] == '#';
}

bool is_suppressed(const parser::Diagnostic& finding, const parser::SourceSet& sources) {
  if (finding.severity == parser::Severity::error || !finding.span.known()) return false;
  const parser::FileId file = finding.span.file;
  std::uint32_t number = sources.locate(finding.span).line;
  if (names(codes_in(sources.line(file, number)), finding.code->name)) return true;
  while (--number > 0) {
    const std::string_view line = sources.line(file, number);
    if (!only_comment(line)) return false;
    if (names(codes_in(line), finding.code->name)) return true;
  }
  return false;
}

}  // namespace

void suppress(std::vector<parser::Diagnostic>& findings, const parser::SourceSet& sources) {
  std::erase_if(findings, [&](const parser::Diagnostic& finding) { return is_suppressed(finding, sources); });
}

}  // namespace shunt::analysis
