// Set reasoning about ACLs: which values of an expression a pattern accepts, compared with those of another.
// Every answer "yes" is certain; "no" may also mean "not known".
#pragma once
#include <string>

#include "analysis/lint/model.hpp"

namespace shunt::analysis::model {

// The same expression gives the same value each time within a list: nothing drawn, counted or stored.
[[nodiscard]] bool is_steady(const Sample& sample);

// Patterns of one expression.
struct PatternOf {
  const Test& test;
  const Pattern& pattern;
};

// Whatever `inner` accepts, `outer` accepts, too.
[[nodiscard]] bool covers(const PatternOf& outer, const PatternOf& inner);
// No value is accepted by both.
[[nodiscard]] bool excludes(const PatternOf& one, const PatternOf& other);

[[nodiscard]] bool covers(const Test& outer, const Test& inner);
[[nodiscard]] bool excludes(const Test& one, const Test& other);

// The same for whole ACLs.
[[nodiscard]] bool covers(const Acl& outer, const Acl& inner);
[[nodiscard]] bool excludes(const Acl& one, const Acl& other);
[[nodiscard]] bool is_always_true(const Acl& acl);
[[nodiscard]] bool is_always_false(const Acl& acl);

// Of terms, those that are negated included.
[[nodiscard]] bool is_always_true(const Term& term);
[[nodiscard]] bool is_always_false(const Term& term);
// `inner` being true makes `outer` true; both can't be true.
[[nodiscard]] bool implies(const Term& inner, const Term& outer);
[[nodiscard]] bool contradict(const Term& one, const Term& other);

}  // namespace shunt::analysis::model
