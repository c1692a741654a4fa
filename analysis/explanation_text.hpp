// An explanation for people, and for programs (docs/explain.md has the schema).
#pragma once
#include <string>

#include "analysis/explanation.hpp"
#include "graph/graph.hpp"
#include "parser/source.hpp"

namespace shunt::analysis {

// What an explanation's ids and places refer to.
struct ExplanationNames {
  const graph::Graph& graph;
  const parser::SourceSet& sources;
};

[[nodiscard]] std::string text_form(const Explanation& explanation, const ExplanationNames& names);
[[nodiscard]] std::string json_form(const Explanation& explanation, const ExplanationNames& names);

// ---- pieces of both, which `test` and `diff` print, too

[[nodiscard]] std::string_view name_of(Ending ending);        // "served", "rejected", ...
[[nodiscard]] std::string_view name_of(Selection selection);  // "certain", "named", "hashed", "open"
[[nodiscard]] std::string_view name_of(ListKind list);        // "tcp-request content", ...
// "file.cfg:12"; empty for an unknown one.
[[nodiscard]] std::string place_of(parser::Span span, const parser::SourceSet& sources);
// The line without its indentation; empty for an unknown one.
[[nodiscard]] std::string line_of(parser::Span span, const parser::SourceSet& sources);
// "backend 'web', server 'web/s1'", "rejected", ...
[[nodiscard]] std::string summary_of(const Fate& fate, const ExplanationNames& names);
// "12 ms", "5 s", "1.25 ms"
[[nodiscard]] std::string text_of(Offset time);
// "web/s1"
[[nodiscard]] std::string server_name(const graph::Graph& graph, graph::ServerId server);
// Of the bind that is reached: "bind :443 (frontend 'web')".
[[nodiscard]] std::string bind_name(const graph::Graph& graph, graph::ListenerId listener);

}  // namespace shunt::analysis
