// The table of actions of tcp-request rules.
#include "route/actions.hpp"

#include <array>
#include <string>

#include "fetchers/variables.hpp"

namespace shunt::route {
namespace {

using graph::Action;
using graph::ActionKind;
using graph::Graph;

ActionEffect accept(const Graph&, const Action&, fetchers::Context&) { return ActionEffect::accept; }
ActionEffect reject(const Graph&, const Action&, fetchers::Context&) { return ActionEffect::reject; }

void set_formatted(const Graph& graph, const Action& action, fetchers::Context& context) {
  std::string text;
  fetchers::write(*action.format, graph.program.expressions(), context, text);
  fetchers::Sample sample;
  sample.set_string(text);
  context.variables->set(action.variable, sample);
}

// An expression without a value leaves the variable as it was; it does not wait for one.
ActionEffect set_var(const Graph& graph, const Action& action, fetchers::Context& context) {
  if (action.format) {
    set_formatted(graph, action, context);
    return ActionEffect::next_rule;
  }
  fetchers::Sample sample;
  if (graph.program.expressions().evaluate(action.expression, context, sample).found)
    context.variables->set(action.variable, sample);
  return ActionEffect::next_rule;
}

ActionEffect unset_var(const Graph&, const Action& action, fetchers::Context& context) {
  context.variables->unset(action.variable);
  return ActionEffect::next_rule;
}

struct Row {
  ActionKind kind;
  ActionEffect (*run)(const Graph&, const Action&, fetchers::Context&);
};

constexpr std::array rows = {
    Row{ActionKind::accept, accept},
    Row{ActionKind::reject, reject},
    Row{ActionKind::set_var, set_var},
    Row{ActionKind::unset_var, unset_var},
};

consteval bool in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (static_cast<std::size_t>(rows[i].kind) != i) return false;
  return true;
}
static_assert(rows.size() == graph::action_kind_count && in_order(),
              "one function per action kind, in their order");

}  // namespace

ActionEffect run_action(const Graph& graph, const Action& action, fetchers::Context& context) {
  return rows[static_cast<std::size_t>(action.kind)].run(graph, action, context);
}

}  // namespace shunt::route
