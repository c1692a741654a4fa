// The sections of the files as text: where each begins, and the lines that the graph has nothing of.
#pragma once
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analysis/drawing/model.hpp"
#include "parser/syntax.hpp"

namespace shunt::analysis::drawing {

class Sections {
 public:
  explicit Sections(const parser::SourceSet& sources);

  // The HTTP rules of a proxy, by the span of its head; in order.
  [[nodiscard]] std::vector<parser::Span> http_rules(parser::Span head) const;
  // The head of the section that a place is in; unknown if it is in none.
  [[nodiscard]] parser::Span head_of(parser::Span place) const;

 private:
  parser::Syntax syntax_;
  std::unordered_map<std::uint64_t, const parser::Section*> by_head_;
};

}  // namespace shunt::analysis::drawing
