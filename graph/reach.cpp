// Drops what stands behind an error that ends the reading, and late errors besides early ones.
#include "graph/reach.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace shunt::graph {
namespace {

using parser::Diagnostic;
using parser::Severity;
using Position = std::pair<parser::FileId, std::uint32_t>;

bool is_error(const Diagnostic& finding) { return finding.severity == Severity::error; }

bool lies_in(const Diagnostic& finding, const parser::Span& line) {
  return finding.span.file == line.file && finding.span.begin >= line.begin && finding.span.begin <= line.end;
}

// Where the first line ends that has an error which HAProxy doesn't read past.
std::optional<Position> end_of_reading(const parser::DiagnosticSink& sink, const config::Config& config) {
  std::optional<Position> end;
  for (const parser::Span& line : config.fatal_lines) {
    const auto fails = [&](const Diagnostic& finding) {
      return is_error(finding) && !finding.late && lies_in(finding, line);
    };
    if (end && *end <= Position(line.file, line.end)) continue;
    if (std::ranges::any_of(sink.all(), fails)) end = Position(line.file, line.end);
  }
  for (const Diagnostic& finding : sink.all()) {
    const Position here(finding.span.file, finding.span.end);
    if (finding.last && (!end || here < *end)) end = here;
  }
  return end;
}

}  // namespace

void drop_unreached(parser::DiagnosticSink& sink, const config::Config& config) {
  if (!sink.has_line_errors()) return;
  const auto end = end_of_reading(sink, config);
  sink.drop([&](const Diagnostic& finding) {
    if (finding.late) return true;
    return end && finding.span.known() && Position(finding.span.file, finding.span.begin) > *end;
  });
}

}  // namespace shunt::graph
