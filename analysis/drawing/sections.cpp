// Reads the files' syntax once more; faults were reported when the graph was made.
#include "analysis/drawing/sections.hpp"

#include <algorithm>
#include <array>

#include "graph/facts.hpp"
#include "graph/rows/families.hpp"

namespace shunt::analysis::drawing {
namespace {

// HTTP rules that bear on where a request goes.
constexpr std::array<std::string_view, 2> http_keywords = {"http-request", "redirect"};

std::uint64_t key_of(parser::Span span) { return std::uint64_t{span.file} << 32 | span.begin; }

parser::Syntax read(const parser::SourceSet& sources) {
  std::vector<parser::FileId> files(sources.size());
  for (parser::FileId id = 0; id < sources.size(); ++id) files[id] = id;
  const auto heads = graph::section_names(graph::language_of(graph::Target::shunt));
  const parser::DirectiveFacts facts = graph::directive_facts(graph::Target::shunt, false);
  auto environment = parser::Environment::of_process();
  parser::DiagnosticSink unheard;
  return parser::parse_files(sources, files,
                             {.section_names = heads, .environment = &environment, .facts = &facts}, unheard);
}

}  // namespace

Sections::Sections(const parser::SourceSet& sources) : syntax_(read(sources)) {
  for (const parser::Section& section : syntax_.sections)
    by_head_.emplace(key_of(section.head.span), &section);
}

std::vector<parser::Span> Sections::http_rules(parser::Span head) const {
  std::vector<parser::Span> spans;
  const auto section = by_head_.find(key_of(head));
  if (section == by_head_.end()) return spans;
  for (const parser::Line& line : section->second->lines)
    if (std::ranges::find(http_keywords, line.keyword().value) != http_keywords.end())
      spans.push_back(line.span);
  return spans;
}

parser::Span Sections::head_of(parser::Span place) const {
  const auto after = std::ranges::upper_bound(syntax_.sections, key_of(place), {},
                                              [](const auto& section) { return key_of(section.head.span); });
  if (after == syntax_.sections.begin()) return {};
  const parser::Span head = (after - 1)->head.span;
  return head.file == place.file ? head : parser::Span{};
}

}  // namespace shunt::analysis::drawing
