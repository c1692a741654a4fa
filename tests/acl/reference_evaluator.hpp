// The semantics of conditions and rule lists, written as plainly as the manual says them; arbitrates over the
// compiled program.
#pragma once
#include <vector>

#include "acl/program.hpp"

namespace shunt::acl::testing {

struct ReferenceTerm {
  int acl = 0;
  bool negated = false;
};
struct ReferenceCondition {
  bool unless = false;
  std::vector<std::vector<ReferenceTerm>> alternatives;
};

inline Truth reference_not(Truth truth) {
  switch (truth) {
    case Truth::yes: return Truth::no;
    case Truth::no: return Truth::yes;
    case Truth::unknown: break;
  }
  return Truth::unknown;
}

// `values`: what each ACL is now. In a final evaluation an unknown ACL is false before its negation.
inline Truth reference_evaluate(const ReferenceCondition& condition, const std::vector<Truth>& values,
                                bool final) {
  bool any_yes = false, any_unknown = false;
  for (const auto& alternative : condition.alternatives) {
    Truth result = Truth::yes;
    for (const ReferenceTerm& term : alternative) {
      Truth value = values[static_cast<std::size_t>(term.acl)];
      if (final && value == Truth::unknown) value = Truth::no;
      if (term.negated) value = reference_not(value);
      if (value != Truth::yes) {
        result = value;
        break;
      }
    }
    if (result == Truth::yes) any_yes = true;
    if (result == Truth::unknown) any_unknown = true;
    if (any_yes) break;
  }
  const Truth result = any_yes ? Truth::yes : any_unknown ? Truth::unknown : Truth::no;
  return condition.unless ? reference_not(result) : result;
}

// Walks the rules one by one.
inline ListStep reference_next(const std::vector<ReferenceCondition>& rules, std::uint32_t from,
                               const std::vector<Truth>& values, bool final) {
  for (std::uint32_t i = from; i < rules.size(); ++i) {
    const Truth truth = reference_evaluate(rules[i], values, final);
    if (truth == Truth::yes) return {ListStep::Kind::apply, i};
    if (truth == Truth::unknown) return {ListStep::Kind::wait, i};
  }
  return {};
}

}  // namespace shunt::acl::testing
