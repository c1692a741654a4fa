// The words of a drawing: times, addresses, conditions, what a bind or a server is like.
#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/drawing/model.hpp"

namespace shunt::analysis::drawing {

// "250 ms", "5 s", "2 min", "1 h"; mixed ones in the smaller unit.
[[nodiscard]] std::string text_of(graph::Milliseconds time);
// 12345 as "12,345".
[[nodiscard]] std::string text_of(std::size_t count);
// "1 rule", "1,000 rules".
[[nodiscard]] std::string counted(std::size_t count, std::string_view noun);

// A line as written, blanks and line ends as one blank, without its first words.
[[nodiscard]] std::string written(std::string_view line, unsigned without);

// What a condition compares, and with what.
struct Comparison {
  std::string subject, patterns;
};
[[nodiscard]] Comparison comparison_of(const acl::Program& program, acl::ConditionId condition);

[[nodiscard]] std::vector<std::string> tags_of(const graph::Listener& listener);
[[nodiscard]] std::vector<std::string> tags_of(const graph::Server& server);
[[nodiscard]] std::vector<Fact> facts_of(const graph::Listener& listener, const graph::Graph& graph);
[[nodiscard]] std::vector<Fact> facts_of(const graph::Proxy& proxy, bool front, const graph::Graph& graph);

}  // namespace shunt::analysis::drawing
