// Conditions as written: `if a !b or c { anonymous }`.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "parser/diagnostic.hpp"
#include "parser/syntax.hpp"

namespace shunt::parser {

// A named ACL, or an anonymous one whose words stand between braces.
struct ConditionTerm {
  bool negated = false;
  std::string name = {};             // empty for an anonymous ACL
  std::vector<Word> anonymous = {};  // the words between `{` and `}`
  Span span = {};
};

// Alternatives ("or") of conjunctions.
struct ConditionTree {
  bool unless = false;
  std::vector<std::vector<ConditionTerm>> alternatives = {};
  Span span = {};
};

// `words` begins with `if` or `unless`. nullopt: faults were reported. `if` without a term is an empty
// `alternatives`: HAProxy takes it as always false ... what it means is the compiler's business.
[[nodiscard]] std::optional<ConditionTree> parse_condition(std::span<const Word> words, DiagnosticSink& sink);

[[nodiscard]] std::string dump(const ConditionTree& tree);

}  // namespace shunt::parser
