// Running the actions of tcp-request rules: one function per action kind.
#pragma once
#include "fetchers/context.hpp"
#include "fetchers/process_view.hpp"
#include "graph/graph.hpp"

namespace shunt::route {

// What an action means for the list it stands in.
enum class ActionEffect : std::uint8_t { next_rule, accept, reject };

[[nodiscard]] ActionEffect run_action(const graph::Graph& graph, const graph::Action& action,
                                      fetchers::Context& context);

// Process variables that the file gives a value, in their order.
void set_first_values(const graph::Graph& graph, const fetchers::ProcessView& process,
                      fetchers::ProcessVariables& variables);

}  // namespace shunt::route
