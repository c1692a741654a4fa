// Timeouts that are missing or hardly meant as they are written.
#include <fmt/core.h>

#include <algorithm>

#include "acl/fold.hpp"
#include "analysis/lint/families.hpp"
#include "parser/scalar.hpp"

namespace shunt::analysis {
namespace {

using namespace model;

constexpr std::int64_t second = 1000, hour = 3600 * second, day = 24 * hour;
constexpr std::int64_t most_with_unit = 5000;  // "50000s" was mostly "50000" before someone added a unit

// Between these a value may be meant, in milliseconds.
struct Limits {
  std::string_view name;
  std::int64_t shortest_bare, longest;
};
constexpr Limits limits[] = {{"client", 1000, 8 * day},  {"server", 1000, 8 * day},
                             {"connect", 100, hour},     {"queue", 100, hour},
                             {"check", 100, hour},       {"http-request", 100, hour},
                             {"tunnel", 1000, 60 * day}, {"http-keep-alive", 1, hour}};

const Limits* limits_of(std::string_view name) {
  const auto* found = std::ranges::find(limits, name, &Limits::name);
  return found == std::end(limits) ? nullptr : found;
}

std::int64_t leading_number(std::string_view text) {
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || value > 1'000'000'000) break;
    value = value * 10 + (c - '0');
  }
  return value;
}

void judge_line(const LintInput& input, const Line& line, Findings& findings) {
  if (line.words[0].value != "timeout" || line.words.size() < 3) return;
  const Limits* limit = limits_of(line.words[1].value);
  const auto time = parser::read_time(line.words[2].value);
  if (limit == nullptr || !time) return;
  const bool has_unit = time.assume_value().has_unit;
  const std::int64_t value = time.assume_value().value.count();
  // What is even shorter, 3.x speaks of itself.
  constexpr int speaks_since = 301;
  const std::int64_t spoken_of = input.options.language >= speaks_since ? 100 : 1;
  const bool is_short = !has_unit && value >= spoken_of && value < limit->shortest_bare;
  const bool is_long = value > limit->longest ||
                       (has_unit && leading_number(line.words[2].value) >= most_with_unit && value > hour);
  if (is_short)
    findings.report(codes::absurd_timeout, line.words[2].span,
                    fmt::format("'timeout {}' is {} milliseconds", limit->name, value));
  if (is_long)
    findings.report(codes::absurd_timeout, line.words[2].span,
                    fmt::format("'timeout {}' is {} hours", limit->name, value / hour));
}

// ---- WebSockets without a timeout of their own

bool asks_for_upgrade(const Test& test) {
  if (!test.sample.fetch.starts_with("req.hdr") || test.sample.arguments.empty()) return false;
  if (test.sample.arguments[0] != "upgrade") return false;
  return std::ranges::any_of(test.patterns,
                             [](const Pattern& each) { return acl::folded(each.text) == "websocket"; });
}

void judge_tunnels(const Model& model, const Proxy& proxy, Findings& findings) {
  if (!proxy.said->is_frontend() || !proxy.http()) return;
  for (const Rule& rule : proxy.of(List::switches)) {
    const auto found = model.backends.find(rule.action);
    if (found == model.backends.end() || found->second->said->settings.timeouts.tunnel) continue;
    const bool websocket = std::ranges::any_of(rule.condition.alternatives, [](const Conjunction& all) {
      return std::ranges::any_of(all, [](const Term& term) {
        return term.acl != nullptr && !term.negated && std::ranges::any_of(term.acl->tests, asks_for_upgrade);
      });
    });
    if (!websocket) continue;
    findings
        .report(
            codes::missing_timeout, found->second->said->span,
            fmt::format("WebSockets come to {}, which has no 'timeout tunnel': silent ones end with 'timeout "
                        "client' or 'timeout server'",
                        found->second->describe()))
        .notes.push_back({"this rule leads them there", rule.span});
  }
}

}  // namespace

void lint_timeouts(const LintInput& input, Findings& findings) {
  for (const Proxy& proxy : input.model.proxies) {
    for (const Line& line : proxy.section->lines) judge_line(input, line, findings);
    judge_tunnels(input.model, proxy, findings);
  }
}

}  // namespace shunt::analysis
