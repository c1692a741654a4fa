// What `.if` and `-cc` can ask about the program: version, features, options, TLS library.
#pragma once
#include "graph/target.hpp"
#include "parser/directive_condition.hpp"

namespace shunt::graph {

// For a HAProxy target: what a usual build of that version answers.
[[nodiscard]] parser::DirectiveFacts directive_facts(Target target, bool diagnostics);

}  // namespace shunt::graph
