// tcp-request and tcp-response rules: the action by table, then its condition.
#include <fmt/core.h>

#include <algorithm>

#include "graph/read/expression_words.hpp"
#include "graph/read/http_rules.hpp"
#include "graph/read/proxy_lines.hpp"
#include "graph/read/tcp_actions.hpp"
#include "graph/rows/families.hpp"

namespace shunt::graph {
namespace {

using fetchers::Place;

// The first one holds, even that of a defaults section.
void read_delay(Reading& reading, config::Maybe<Milliseconds>& setting) {
  const auto delay = read_time(reading, reading.arguments[0]);
  if (setting) {
    reading
        .report(codes::said_before, reading.span(),
                fmt::format("{} is set already; this line has no effect", reading.quoted()))
        .notes.push_back({"it is set here", setting->span});
    return;
  }
  if (delay) setting = {*delay, reading.span()};
}

struct RuleSet {
  std::uint32_t place;
  std::string_view name;
  fetchers::Place front, back;
};
constexpr RuleSet sets[] = {
    {in::connection_rules, "tcp-request connection", Place::tcp_connection, Place::tcp_connection},
    {in::session_rules, "tcp-request session", Place::tcp_session, Place::tcp_session},
    {in::request_rules, "tcp-request content", Place::fe_tcp_content, Place::be_tcp_content},
    {in::response_rules, "tcp-response content", Place::be_tcp_response, Place::be_tcp_response},
};

Place expressions_at(const config::Proxy& proxy, const RuleSet& set) {
  std::uint32_t places = 0;
  if (proxy.kind != config::ProxyKind::backend) places |= fetchers::bits(set.front);
  if (proxy.kind != config::ProxyKind::frontend) places |= fetchers::bits(set.back);
  return static_cast<Place>(places);
}

void check_order(Reading& reading, const RuleSet& set) {
  if (set.place != in::response_rules) return warn_of_order(reading, set.name);
  const bool after = (reading.proxy->checked.sets & in::http_response_rules) != 0;
  if (after && reading.state.language() >= 301)
    reading.report(codes::rule_order, reading.span(),
                   "this 'tcp-response content' rule stands below an 'http-response' rule but is evaluated "
                   "before it");
}

bool read_condition(Reading& reading, config::TcpRule& rule) {
  const auto rest = reading.rest;
  if (rest.empty()) return true;
  if (rest[0] != "if" && rest[0] != "unless") {
    reading.report(
        codes::unexpected_argument, rest[0].span,
        fmt::format("'if' or 'unless' is expected behind {}, not '{}'", reading.quoted(), rest[0].value));
    return false;
  }
  rule.condition = parser::parse_condition(rest, reading.state.sink);
  return rule.condition.has_value();
}

// The linker compiles the expression of a rule that is kept, so it needn't look at it once more.
void forget_expression(Reading& reading, std::size_t uses_before) {
  auto& uses = reading.state.config.uses;
  if (!reading.rule->expression) return;
  const auto added = uses.begin() + static_cast<std::ptrdiff_t>(uses_before);
  uses.erase(std::remove_if(added, uses.end(),
                            [](const config::Use& use) {
                              return use.kind == config::Use::Kind::expression && use.table.empty();
                            }),
             uses.end());
}

// What can't be executed is not kept, but its condition must be right.
void finish_rule(Reading& reading, const RuleSet& set, bool runs, std::size_t uses_before,
                 std::vector<config::TcpRule>& rules) {
  const bool backend = reading.proxy->kind == config::ProxyKind::backend;
  if (!runs) {
    std::ignore = check_condition_behind(reading, reading.rest, backend ? set.back : set.front);
  } else if (read_condition(reading, *reading.rule)) {
    forget_expression(reading, uses_before);
    rules.push_back(std::move(*reading.rule));
  }
}

// reading.arguments: action, its arguments, condition.
void read_rule(Reading& reading, std::uint32_t place, std::vector<config::TcpRule>& rules) {
  const RuleSet& set = *std::ranges::find(sets, place, &RuleSet::place);
  if (reading.arguments.empty()) {
    reading.report(codes::missing_argument, reading.span(),
                   fmt::format("{} expects an action", reading.quoted()));
    return;
  }
  config::TcpRule rule{.span = reading.span()};
  check_order(reading, set);
  const auto errors = reading.state.sink.count(parser::Severity::error);
  Reading inner = reading;
  inner.keyword = tracking_name(reading, reading.arguments[0]);
  inner.arguments = reading.arguments.subspan(1);
  inner.rest = {};
  inner.place = place;
  inner.evaluated_at = expressions_at(*reading.proxy, set);
  inner.in_list = true;
  inner.rule = &rule;
  const std::size_t uses = reading.state.config.uses.size();
  dispatch(inner, tcp_action_family);
  finish_rule(inner, set, reading.state.sink.count(parser::Severity::error) == errors, uses, rules);
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

}  // namespace shunt::graph
