// The HTTP rule sets and the other rules whose order matters: action by table, then the condition.
#include "graph/read/http_rules.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "graph/rows/families.hpp"

namespace shunt::graph {
namespace {

using config::Proxy;
using config::ProxyKind;
using fetchers::Place;
using parser::Severity;
using parser::Word;

struct RuleSet {
  std::uint32_t place;
  Place front, back;
};
constexpr RuleSet request_set{in::http_request_rules, Place::fe_http_request, Place::be_http_request};
constexpr RuleSet response_set{in::http_response_rules, Place::fe_http_response, Place::be_http_response};
constexpr RuleSet after_set{in::http_after_rules, Place::fe_http_response, Place::be_http_response};

// Expressions may use what either side of the proxy has; conditions are judged on the front side.
Place expressions_at(const Proxy& proxy, const RuleSet& set) {
  std::uint32_t places = 0;
  if (proxy.kind != ProxyKind::backend) places |= fetchers::bits(set.front);
  if (proxy.kind != ProxyKind::frontend) places |= fetchers::bits(set.back);
  return static_cast<Place>(places);
}

Place conditions_at(const Proxy& proxy, const RuleSet& set) {
  return proxy.kind == ProxyKind::backend ? set.back : set.front;
}

bool ends_the_list(std::string_view action) {
  constexpr std::array<std::string_view, 6> final_actions{"allow",    "auth",   "deny",
                                                          "redirect", "return", "tarpit"};
  return std::ranges::find(final_actions, action) != final_actions.end();
}

void warn_behind_final(Reading& reading, std::uint32_t set) {
  if ((reading.proxy->checked.closed & set) == 0) return;
  reading.report(codes::unreachable_rule, reading.span(),
                 fmt::format("an {} rule above is final and has no condition: this one is never reached",
                             reading.quoted()));
  reading.proxy->checked.closed &= ~set;
}

void read_rule(Reading& reading, const RuleSet& set) {
  if (reading.arguments.empty()) {
    reading.report(codes::missing_argument, reading.span(),
                   fmt::format("{} expects an action", reading.quoted()));
    return;
  }
  warn_behind_final(reading, set.place);
  if (set.place == in::http_request_rules) warn_of_order(reading, "http-request");
  auto& checked = reading.proxy->checked;
  checked.http = true;
  checked.sets |= set.place;
  const auto errors = reading.state.sink.count(Severity::error);
  Reading inner = reading;
  inner.keyword = tracking_name(reading, reading.arguments[0]);
  inner.arguments = reading.arguments.subspan(1);
  inner.place = set.place;
  inner.evaluated_at = expressions_at(*reading.proxy, set);
  inner.in_list = inner.only_checked = true;
  inner.rest = {};
  dispatch(inner, http_action_family);
  if (reading.state.sink.count(Severity::error) != errors) return;
  if (!check_condition_behind(inner, inner.rest, conditions_at(*reading.proxy, set))) return;
  if (inner.rest.empty() && ends_the_list(inner.row->name)) checked.closed |= set.place;
}

// What is evaluated when, and whether a proxy has such rules.
struct Stage {
  std::string_view name;
  bool (*is_there)(const Proxy& proxy);
};
constexpr std::array stages{
    Stage{"tcp-request connection", [](const Proxy& proxy) { return !proxy.connection_rules.empty(); }},
    Stage{"tcp-request session", [](const Proxy& proxy) { return !proxy.session_rules.empty(); }},
    Stage{"tcp-request content", [](const Proxy& proxy) { return !proxy.request_rules.empty(); }},
    Stage{"monitor fail", [](const Proxy&) { return false; }},
    Stage{"http-request",
          [](const Proxy& proxy) { return (proxy.checked.sets & in::http_request_rules) != 0; }},
    Stage{"redirect", [](const Proxy& proxy) { return proxy.checked.redirects; }},
    Stage{"use_backend", [](const Proxy& proxy) { return !proxy.switches.empty(); }},
    Stage{"use-server", [](const Proxy& proxy) { return proxy.checked.use_server; }},
};

}  // namespace

bool check_condition_behind(Reading& reading, std::span<const Word> rest, Place place) {
  if (rest.empty()) return true;
  if (rest[0] == "if" || rest[0] == "unless") {
    reading.state.config.uses.push_back({.kind = config::Use::Kind::condition,
                                         .words = rest,
                                         .keyword = reading.keyword.value,
                                         .place = place,
                                         .proxy = reading.proxy});
    return true;
  }
  reading.report(
      codes::unexpected_argument, rest[0].span,
      fmt::format("'if' or 'unless' is expected behind {}, not '{}'", reading.quoted(), rest[0].value));
  return false;
}

void warn_of_order(Reading& reading, std::string_view name) {
  const auto own = std::ranges::find(stages, name, &Stage::name);
  const auto later =
      std::find_if(own + 1, stages.end(), [&](const Stage& each) { return each.is_there(*reading.proxy); });
  if (later == stages.end()) return;
  const std::string_view own_name = name.starts_with("tcp-request") ? "tcp-request" : name;
  reading.report(codes::rule_order, reading.span(),
                 fmt::format("this '{}' rule stands below a '{}' rule but is evaluated before it", own_name,
                             later->name));
}

void read_http_request_rule(Reading& reading) { read_rule(reading, request_set); }
void read_http_response_rule(Reading& reading) { read_rule(reading, response_set); }
void read_http_after_rule(Reading& reading) { read_rule(reading, after_set); }

void read_redirect_line(Reading& reading) {
  warn_of_order(reading, "redirect");
  reading.proxy->checked.redirects = true;
  reading.evaluated_at = expressions_at(*reading.proxy, request_set);
  check_old_redirect(reading);
  std::ignore = check_condition_behind(reading, reading.rest, conditions_at(*reading.proxy, request_set));
}

void read_monitor(Reading& reading) { warn_of_order(reading, "monitor fail"); }

}  // namespace shunt::graph
