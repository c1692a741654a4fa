// By the line that a finding is on, else by the section.
#include "analysis/drawing/placing.hpp"

#include <fmt/core.h>

#include <unordered_map>

namespace shunt::analysis::drawing {
namespace {

struct Spot {
  std::uint32_t node = nothing, row = nothing;
};

// The first thing drawn of each line of the files.
class Spots {
 public:
  Spots(const Drawing& drawing, const parser::SourceSet& sources) : sources_(sources) {
    for (std::uint32_t node = 0; node < drawing.nodes.size(); ++node) {
      add(drawing.nodes[node].span, {node, nothing});
      const auto& rows = drawing.nodes[node].rows;
      for (std::uint32_t row = 0; row < rows.size(); ++row) add(rows[row].span, {node, row});
    }
  }

  [[nodiscard]] Spot at(parser::Span span) const {
    const auto found = span.known() ? by_line_.find(key_of(span)) : by_line_.end();
    return found == by_line_.end() ? Spot{} : found->second;
  }

 private:
  std::uint64_t key_of(parser::Span span) const {
    return std::uint64_t{span.file} << 32 | sources_.locate(span).line;
  }
  void add(parser::Span span, Spot spot) {
    if (span.known()) by_line_.emplace(key_of(span), spot);
  }

  const parser::SourceSet& sources_;
  std::unordered_map<std::uint64_t, Spot> by_line_;
};

}  // namespace

void place(Drawing& drawing, std::span<const parser::Diagnostic> findings, const parser::SourceSet& sources,
           const Sections& sections) {
  if (findings.empty()) return;
  const Spots spots(drawing, sources);
  for (const parser::Diagnostic& finding : findings) {
    Spot spot = spots.at(finding.span);
    if (spot.node == nothing && finding.span.known()) spot = spots.at(sections.head_of(finding.span));
    const auto number = static_cast<std::uint32_t>(drawing.findings.size());
    if (spot.node != nothing) {
      Node& node = drawing.nodes[spot.node];
      (spot.row == nothing ? node.findings : node.rows[spot.row].findings).push_back(number);
    }
    std::string where;
    if (finding.span.known())
      where = fmt::format("{}:{}", sources.name(finding.span.file), sources.locate(finding.span).line);
    drawing.findings.push_back({.severity = finding.severity,
                                .code = std::string(finding.code->name),
                                .message = finding.message,
                                .remedy = std::string(finding.code->remedy),
                                .place = std::move(where),
                                .node = spot.node,
                                .row = spot.row});
  }
}

}  // namespace shunt::analysis::drawing
