// One test of an ACL looked at from outside: its value, what it comes to, how many bytes it needed.
#pragma once
#include "analysis/explanation.hpp"
#include "fetchers/context.hpp"
#include "graph/graph.hpp"

namespace shunt::analysis {

// Nothing is changed: an expression that writes state is not evaluated. `context` may be used up.
[[nodiscard]] TestSeen see_test(const graph::Graph& graph, const acl::AclTest& test,
                                fetchers::Context& context);

}  // namespace shunt::analysis
