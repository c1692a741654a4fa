// Decisions that need the client's first bytes, and how long is waited for them.
#include <fmt/core.h>

#include <algorithm>

#include "analysis/lint/families.hpp"
#include "analysis/lint/fetch_kinds.hpp"
#include "analysis/lint/waits.hpp"

namespace shunt::analysis {
namespace {

using namespace model;
using graph::Milliseconds;

std::string duration(Milliseconds time) {
  const auto count = time.count();
  return count % 1000 == 0 ? fmt::format("{} s", count / 1000) : fmt::format("{} ms", count);
}

void judge_delay(const Proxy& proxy, Findings& findings) {
  const auto& delay = proxy.said->settings.inspect_delay;
  if (!delay || !proxy.all_of(List::content).empty()) return;
  findings.report(codes::inspect_delay_without_content_rule, delay->span,
                  fmt::format("'inspect-delay' has no effect in {}, which has no 'tcp-request content' rule",
                              proxy.describe()));
}

const Rule* first_that_reads(const std::vector<Rule>& rules) {
  const auto found = std::ranges::find_if(rules, reads_client_bytes);
  return found == rules.end() ? nullptr : &*found;
}

void judge_content_rules(const Model& model, const Proxy& proxy, Findings& findings) {
  const Rule* rule = first_that_reads(proxy.of(List::content));
  if (rule == nullptr || has_delay(proxy)) return;
  if (!proxy.said->is_frontend() && (!proxy.tcp() || bytes_are_awaited(model, proxy))) return;
  findings.report(
      codes::content_rule_without_inspect_delay, rule->span,
      fmt::format("this rule needs bytes from the client, but {} has no 'inspect-delay', so it is "
                  "decided before they arrive",
                  proxy.describe()));
}

bool waits_for_hello(const Rule& rule) {
  bool found = false;
  for_each_sample(rule, [&](const Sample& sample, Span) { found = found || reads_hello(sample); });
  return found;
}

void judge_race(const Model& model, const Proxy& proxy, List list, Findings& findings) {
  const Rule* rule = first_that_reads(proxy.of(list));
  if (rule == nullptr || !proxy.tcp() || bytes_are_awaited(model, proxy)) return;
  if (!proxy.surely_tcp() && !waits_for_hello(*rule)) return;
  // Behind TLS that was taken off the hello never comes, which another finding says.
  if (waits_for_hello(*rule) && !model.layers[proxy.id].hello) return;
  findings.report(codes::race_with_first_bytes, rule->condition.given ? rule->condition.span : rule->span,
                  fmt::format("this decision of {} is a race with the client's first bytes, for which no "
                              "content rule waits",
                              proxy.describe()));
}

// ---- hellos in two segments

// Holds as soon as a few bytes of a hello are there.
bool is_cheap(const Term& term) {
  if (term.acl == nullptr || term.acl->tests.size() != 1) return false;
  const Test& test = term.acl->tests[0];
  constexpr std::int64_t part_of_a_hello = 200;
  if (term.negated) return test.sample.fetch == "req.proto_http";
  if (test.sample.fetch == "req.len") {
    const auto low = [&](const Pattern& each) {
      return each.range.low <= part_of_a_hello && each.range.high > each.range.low;
    };
    return test.method == MatchMethod::boolean || std::ranges::any_of(test.patterns, low);
  }
  return test.sample.fetch == "req.payload" && test.method == MatchMethod::bin && !test.patterns.empty() &&
         test.patterns[0].text.starts_with("16") && test.patterns[0].text.size() <= 12;
}

bool ends_on_part(const Rule& rule) {
  if (rule.action != "accept" || !rule.condition.given || rule.condition.unless) return false;
  return std::ranges::any_of(rule.condition.alternatives,
                             [](const Conjunction& all) { return std::ranges::all_of(all, is_cheap); });
}

const Rule* early_end(const Proxy& proxy) {
  for (const Rule* rule : proxy.all_of(List::content)) {
    if (ends_on_part(*rule)) return rule;
    if (waits_for_hello(*rule)) return nullptr;
  }
  return nullptr;
}

void judge_split_hello(const Model& model, const Proxy& proxy, Findings& findings) {
  if (!proxy.tcp() || !has_delay(proxy) || !model.layers[proxy.id].hello) return;
  const auto& switches = proxy.of(List::switches);
  const auto decides = std::ranges::find_if(switches, waits_for_hello);
  if (decides == switches.end()) return;
  const Rule* rule = early_end(proxy);
  if (rule == nullptr) return;
  findings
      .report(
          codes::split_hello_not_awaited, rule->span,
          fmt::format("this rule of {} ends the waiting before a TLS hello of two segments is complete; it "
                      "would be routed as one without a server name",
                      proxy.describe()))
      .notes.push_back({"this decision needs the hello", decides->condition.span});
}

// ---- protocols in which the server speaks first

struct Greeting {
  std::uint16_t port;
  std::string_view name;
};
constexpr Greeting greetings[] = {{21, "FTP"},     {23, "Telnet"}, {25, "SMTP"},    {110, "POP3"},
                                  {119, "NNTP"},   {143, "IMAP"},  {587, "SMTP"},   {2525, "SMTP"},
                                  {3306, "MySQL"}, {5900, "VNC"},  {33060, "MySQL"}};

const Greeting* greeting_of(const parser::Address& address) {
  if (address.port_kind != parser::PortKind::absolute) return nullptr;
  const auto* found = std::ranges::find(greetings, address.port, &Greeting::port);
  return found == std::end(greetings) ? nullptr : found;
}

// Where clients go that have said nothing when the delay is over.
const Proxy* silent_destination(const Model& model, const Proxy& frontend) {
  const auto& name = frontend.said->settings.default_backend;
  if (!name) return frontend.said->is_backend() ? &frontend : nullptr;
  const auto found = model.backends.find(name->value);
  return found == model.backends.end() ? nullptr : found->second;
}

// The undecided conditions that waits are for are mostly those of `accept`; a `reject` at the end is another
// matter, but the waiting is the same.
void judge_silence(const Model& model, const Proxy& frontend, Findings& findings) {
  if (!frontend.tcp() || !waits_for_bytes(frontend)) return;
  const auto& delay = *frontend.said->settings.inspect_delay;
  if (delay.value < Milliseconds(1000)) return;
  const Proxy* backend = silent_destination(model, frontend);
  if (backend == nullptr) return;
  for (const config::Server& server : backend->said->servers) {
    const Greeting* greeting = greeting_of(server.address.value);
    if (greeting == nullptr) continue;
    findings
        .report(codes::server_speaks_first, delay.span,
                fmt::format(
                    "clients of {} wait {} for nothing before they are connected: there the server speaks "
                    "first",
                    greeting->name, duration(delay.value)))
        .notes.push_back({"they are led to this server", server.span});
    return;
  }
}

}  // namespace

void lint_waiting(const LintInput& input, Findings& findings) {
  for (const Proxy& proxy : input.model.proxies) {
    if (proxy.said->kind == config::ProxyKind::defaults) continue;
    judge_delay(proxy, findings);
    judge_content_rules(input.model, proxy, findings);
    judge_race(input.model, proxy, List::switches, findings);
    judge_race(input.model, proxy, List::server_rules, findings);
    judge_split_hello(input.model, proxy, findings);
    if (proxy.said->is_frontend()) judge_silence(input.model, proxy, findings);
  }
}

}  // namespace shunt::analysis
