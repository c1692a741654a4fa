// tcp-request and tcp-response rules: the action by table, then its condition.
#include <fmt/format.h>

#include "graph/read/proxy_lines.hpp"
#include "graph/read/tcp_actions.hpp"
#include "graph/rows/families.hpp"

namespace shunt::graph {
namespace {

using parser::Word;

void read_delay(Reading& reading, config::Maybe<Milliseconds>& setting) {
  if (const auto delay = read_time(reading, reading.arguments[0])) setting = {*delay, reading.span()};
}

// HAProxy warns of rules that stand below others although they are evaluated before them.
void warn_of_order(Reading& reading, std::uint32_t place) {
  const config::Proxy& proxy = *reading.proxy;
  const std::pair<std::uint32_t, std::string_view> later[] = {
      {proxy.switches.empty() ? 0 : 0xffff, "use_backend"},
      {proxy.request_rules.empty() ? 0 : in::connection_rules | in::session_rules, "tcp-request content"},
      {proxy.session_rules.empty() ? 0 : in::connection_rules, "tcp-request session"},
  };
  for (const auto& [places, name] : later) {
    if ((places & place) == 0 || place == in::response_rules) continue;
    reading.report(
        codes::rule_order, reading.span(),
        fmt::format("this 'tcp-request' rule stands below a '{}' rule but is evaluated before it", name));
  }
}

// reading.arguments: action, its arguments, condition.
void read_rule(Reading& reading, std::uint32_t place, std::vector<config::TcpRule>& rules) {
  config::TcpRule rule{.span = reading.span()};
  Reading inner = reading;
  if (!split_condition(inner, rule.condition)) return;
  if (inner.arguments.empty()) {
    reading.report(codes::missing_argument, reading.span(),
                   fmt::format("{} expects an action", reading.quoted()));
    return;
  }
  warn_of_order(reading, place);
  const auto errors = reading.state.sink.count(parser::Severity::error);
  inner.keyword = inner.arguments[0];
  inner.arguments = inner.arguments.subspan(1);
  inner.place = place;
  inner.rule = &rule;
  dispatch(inner, tcp_action_family);
  if (reading.state.sink.count(parser::Severity::error) == errors) rules.push_back(std::move(rule));
}

// The variable between the parentheses of "set-var(txn.x)".
bool read_variable(Reading& reading) {
  const Word& word = reading.keyword;
  const auto open = word.value.find('(');
  const auto close = word.value.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open + 2 ||
      close + 1 != word.value.size()) {
    reading.report(codes::missing_argument, word.span,
                   fmt::format("{} expects a variable in parentheses, as in {}(txn.name)", reading.quoted(),
                               reading.row->name));
    return false;
  }
  const auto name = word.value.substr(open + 1, close - open - 1);
  if (const auto comma = name.find(','); comma != std::string_view::npos) {
    reading.report(codes::unsupported, word.slice(open + 1 + comma, close),
                   fmt::format("conditions inside {} are not available yet", reading.quoted()));
    return false;
  }
  reading.rule->variable = {std::string(name), word.slice(open + 1, close)};
  return true;
}

}  // namespace

void read_inspect_delay(Reading& reading) { read_delay(reading, reading.settings().inspect_delay); }
void read_response_inspect_delay(Reading& reading) {
  read_delay(reading, reading.settings().response_inspect_delay);
}

void read_connection_rule(Reading& reading) {
  read_rule(reading, in::connection_rules, reading.proxy->connection_rules);
}
void read_session_rule(Reading& reading) {
  read_rule(reading, in::session_rules, reading.proxy->session_rules);
}
void read_request_rule(Reading& reading) {
  read_rule(reading, in::request_rules, reading.proxy->request_rules);
}
void read_response_rule(Reading& reading) {
  read_rule(reading, in::response_rules, reading.proxy->response_rules);
}

void lower_accept(Reading& reading) { reading.rule->action = ActionKind::accept; }
void lower_reject(Reading& reading) { reading.rule->action = ActionKind::reject; }

void lower_set_var(Reading& reading) {
  if (!read_variable(reading)) return;
  reading.rule->action = ActionKind::set_var;
  reading.rule->expression = parser::parse_expression(reading.arguments[0], reading.state.sink);
}

void lower_set_var_fmt(Reading& reading) {
  if (!read_variable(reading)) return;
  reading.rule->action = ActionKind::set_var;
  reading.rule->format_text = std::string(reading.arguments[0].value);
  reading.rule->format = parser::parse_log_format(reading.arguments[0], reading.state.sink);
}

void lower_unset_var(Reading& reading) {
  if (read_variable(reading)) reading.rule->action = ActionKind::unset_var;
}

}  // namespace shunt::graph
