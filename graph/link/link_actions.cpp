// The actions of rules: variables, expressions and formats compiled.
#include <algorithm>

#include "graph/link/link_resolvers.hpp"
#include "graph/link/linking.hpp"

namespace shunt::graph {

using config::TcpRule;
using fetchers::Place;

bool ends_the_list(ActionKind kind) {
  return kind == ActionKind::accept || kind == ActionKind::reject || kind == ActionKind::close ||
         kind == ActionKind::silent_drop;
}

bool rewrites_addresses(ActionKind kind) {
  return kind == ActionKind::set_src || kind == ActionKind::set_src_port || kind == ActionKind::set_dst ||
         kind == ActionKind::set_dst_port;
}

bool name_variable(Linking& linking, const TcpRule& rule, Action& action) {
  std::string_view rest = rule.variable.value;
  const auto take = [&] {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view part = rest.substr(0, comma);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    return part;
  };
  std::string error;
  const auto variable =
      fetchers::parse_variable(take(), linking.program.expressions().variable_names(), error);
  if (!variable) {
    linking.report(codes::bad_argument, rule.variable.span, error);
    return false;
  }
  action.variable = *variable;
  while (!rest.empty())
    action.conditions =
        static_cast<fetchers::VariableConditions>(action.conditions | fetchers::variable_condition(take()));
  return true;
}

std::optional<Action> link_action(Linking& linking, const TcpRule& rule, Place place) {
  Action action{
      .kind = rule.action, .span = rule.span, .number = rule.number, .slot = rule.slot, .index = rule.index};
  parser::DiagnosticSink unheard;  // what a key may be, the use of its expression says
  const bool tracks = rule.action == ActionKind::track_sc;
  if (tracks) action.table = table_named(linking, rule.table);
  if (tracks && action.table == none) return std::nullopt;
  if (rule.span.known()) action.line = linking.sources.locate(rule.span).line;
  fetchers::ExpressionPool& pool = linking.program.expressions();
  if (!rule.variable.value.empty() && !name_variable(linking, rule, action)) return std::nullopt;
  if (action.kind == ActionKind::do_resolve) {
    action.slot = resolvers_named(linking, rule.format_text);
    if (action.slot == none && rule.format_text != "default") return std::nullopt;  // reported
    if (action.slot == none)
      linking.report(codes::unsupported, rule.span,
                     "a 'resolvers' section that no file has is valid HAProxy that this build can't execute");
  }
  if (rule.expression) {
    const auto expression = pool.compile(*rule.expression, place, tracks ? unheard : linking.sink);
    if (!expression) return std::nullopt;
    action.expression = *expression;
  }
  if (rule.format) {
    action.format = fetchers::compile_log_format(*rule.format, place, pool, linking.sink);
    if (!action.format) return std::nullopt;
  }
  return action;
}

}  // namespace shunt::graph
