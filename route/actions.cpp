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

// Unless a condition of the action stands against it.
void store(const Action& action, fetchers::Context& context, const fetchers::Sample& value) {
  if (action.conditions != 0) {
    fetchers::Sample old;
    const bool set = context.variables->get(action.variable, old, *context.scratch);
    if (!fetchers::may_be_set(action.conditions, action.variable, set ? &old : nullptr, value)) return;
  }
  context.variables->set(action.variable, value);
}

void set_formatted(const Graph& graph, const Action& action, fetchers::Context& context) {
  std::string text;
  fetchers::write(*action.format, graph.program.expressions(), context, text);
  fetchers::Sample sample;
  sample.set_string(text);
  store(action, context, sample);
}

// An expression without a value leaves the variable as it was; it does not wait for one.
ActionEffect set_var(const Graph& graph, const Action& action, fetchers::Context& context) {
  if (action.format) {
    set_formatted(graph, action, context);
    return ActionEffect::next_rule;
  }
  fetchers::Sample sample;
  if (graph.program.expressions().evaluate(action.expression, context, sample).found)
    store(action, context, sample);
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

void set_first_values(const graph::Graph& graph, const fetchers::ProcessView& process,
                      fetchers::ProcessVariables& shared) {
  fetchers::Scratch scratch;
  fetchers::Variables variables(&shared);
  for (const Action& action : graph.first_values) {
    scratch.reset();
    fetchers::Context context;
    context.scratch = &scratch;
    context.variables = &variables;
    context.process = &process;
    context.date = std::chrono::system_clock::now();
    static_cast<void>(run_action(graph, action, context));
  }
}

}  // namespace shunt::route
