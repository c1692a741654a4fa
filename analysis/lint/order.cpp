// Rules that can't take effect because of those above them, and conditions that can't hold.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "analysis/lint/cover_index.hpp"
#include "analysis/lint/families.hpp"
#include "analysis/lint/fetch_kinds.hpp"

namespace shunt::analysis {
namespace {

using namespace model;

// ---- conditions as alternatives of conjunctions

using Alternatives = std::vector<Conjunction>;

Conjunction negated(const std::vector<Conjunction>& single_terms) {
  Conjunction all;
  for (const Conjunction& each : single_terms) {
    all.push_back(each[0]);
    all.back().negated = !all.back().negated;
  }
  return all;
}

// Empty: what `unless` makes of it is too involved to say.
Alternatives turned(const Condition& condition) {
  if (std::ranges::all_of(condition.alternatives, [](const Conjunction& all) { return all.size() == 1; }))
    return {negated(condition.alternatives)};
  if (condition.alternatives.size() != 1) return {};
  Alternatives result;
  for (Term term : condition.alternatives[0]) {
    term.negated = !term.negated;
    result.push_back({term});
  }
  return result;
}

// Without terms that always hold and alternatives that never do.
Alternatives simplified(const Condition& condition) {
  if (!condition.given) return {Conjunction{}};
  Alternatives result = condition.unless ? turned(condition) : condition.alternatives;
  for (Conjunction& all : result) std::erase_if(all, [](const Term& term) { return is_always_true(term); });
  std::erase_if(result, [](const Conjunction& all) {
    return std::ranges::any_of(all, [](const Term& term) { return is_always_false(term); });
  });
  return result;
}

// ---- what terms say beside what is written

struct Implied {
  Acl hello, bytes;

  Implied() {
    hello.tests.push_back(parsed("req.ssl_hello_type", "1"));
    bytes.tests.push_back(parsed("req.len", "1:"));
  }

  static Test parsed(std::string_view criterion, std::string_view pattern) {
    const std::array words{Word{.value = criterion}, Word{.value = pattern}};
    return read_test(words);
  }

  void add_to(Conjunction& all, bool from_hello, bool from_bytes) const {
    if (from_hello) all.push_back({.acl = &hello});
    if (from_hello || from_bytes) all.push_back({.acl = &bytes});
  }
};

bool all_tests(const Term& term, bool (*holds)(const Sample&)) {
  return !term.negated && term.acl != nullptr && !term.acl->tests.empty() &&
         std::ranges::all_of(term.acl->tests, [&](const Test& test) { return holds(test.sample); });
}

Conjunction completed(const Conjunction& terms, const Implied& implied) {
  Conjunction all = terms;
  implied.add_to(
      all, std::ranges::any_of(terms, [](const Term& term) { return all_tests(term, needs_hello); }),
      std::ranges::any_of(terms, [](const Term& term) {
        return all_tests(term, [](const Sample& sample) { return sample.fetch == "req.ssl_hello_type"; });
      }));
  return all;
}

// ---- lists

bool ends_list(const Rule& rule) {
  if (rule.list == List::switches) return true;
  if (rule.list == List::redirects) return true;
  constexpr std::string_view finals[] = {"accept",   "reject", "silent-drop", "allow", "deny",       "tarpit",
                                         "redirect", "return", "auth",        "close", "use-service"};
  if (rule.list == List::server_rules || rule.list == List::other) return false;
  return std::ranges::find(finals, rule.action) != std::end(finals);
}

// Actions that change what the conditions below read.
bool changes_values(const Rule& rule) {
  constexpr std::string_view prefixes[] = {"set-path",    "set-query",   "set-uri",       "set-method",
                                           "set-header",  "set-src",     "set-dst",       "replace-",
                                           "add-header",  "del-header",  "normalize-uri", "lua.",
                                           "add-headers", "set-headers", "del-headers",   "switch-mode"};
  return std::ranges::any_of(prefixes,
                             [&](std::string_view prefix) { return rule.action.starts_with(prefix); });
}

bool keeps_a_value(const Rule& rule) {
  return rule.action == "capture" || rule.action.starts_with("set-var");
}

class ListJudge {
 public:
  ListJudge(const Proxy& proxy, List list, const Implied& implied, Findings& findings)
      : proxy_(proxy), own_(proxy.of(list)), implied_(implied), findings_(findings) {}

  void judge(const std::vector<const Rule*>& rules) {
    for (const Rule* rule : rules) {
      const bool own = rule >= own_.data() && rule < own_.data() + own_.size();
      if (always_ending_ != nullptr && own) return report_behind(*rule);
      if (always_ending_ != nullptr) continue;
      if (own) judge_rule(*rule);
      rules_.push_back(rule);
      if (changes_values(*rule)) index_.clear();
      if (ends_list(*rule)) file(*rule);
    }
  }

 private:
  void judge_rule(const Rule& rule) {
    const Alternatives alternatives = simplified(rule.condition);
    if (alternatives.empty() || alternatives[0].empty()) return judge_value(rule, alternatives);
    std::optional<std::uint32_t> first;
    for (const Conjunction& terms : alternatives) {
      const auto found = index_.find(completed_for(rule, terms));
      if (!found) return;
      first = std::max(first.value_or(*found), *found);
    }
    report_shadow(rule, *rules_[*first]);
  }

  // Without a condition there is still what the action reads.
  void judge_value(const Rule& rule, const Alternatives& alternatives) {
    if (!keeps_a_value(rule) || alternatives.empty()) return;
    const Conjunction all = completed_for(rule, {});
    if (all.empty()) return;
    if (const auto found = index_.find(all)) report_shadow(rule, *rules_[*found]);
  }

  Conjunction completed_for(const Rule& rule, const Conjunction& terms) const {
    Conjunction all = completed(terms, implied_);
    if (keeps_a_value(rule) && !rule.samples.empty())
      implied_.add_to(all, std::ranges::all_of(rule.samples, needs_hello), false);
    return all;
  }

  void file(const Rule& rule) {
    const auto number = static_cast<std::uint32_t>(rules_.size() - 1);
    for (Conjunction& terms : simplified(rule.condition)) {
      if (terms.empty()) always_ending_ = &rule;
      if (terms.empty()) return;
      index_.add(filed_.emplace_back(std::move(terms)), number);
    }
  }

  static bool same_condition(const Rule& one, const Rule& other) {
    const Alternatives left = simplified(one.condition), right = simplified(other.condition);
    if (left.size() != 1 || right.size() != 1) return false;
    const auto within = [](const Conjunction& inner, const Conjunction& outer) {
      return std::ranges::all_of(outer, [&](const Term& wide) {
        return std::ranges::any_of(inner, [&](const Term& narrow) { return implies(narrow, wide); });
      });
    };
    return within(left[0], right[0]) && within(right[0], left[0]);
  }

  void report_shadow(const Rule& rule, const Rule& above) {
    if (keeps_a_value(rule)) return report_value(rule, above);
    if (same_condition(rule, above)) {
      findings_
          .report(codes::duplicate_rule, rule.span,
                  fmt::format("this '{}' rule of {} has the same condition as one above",
                              list_name(rule.list), proxy_.describe()))
          .notes.push_back({"the rule above", above.span});
      return;
    }
    findings_
        .report(codes::shadowed_rule, rule.span,
                fmt::format("this '{}' rule of {} is never applied: whenever its condition holds, the "
                            "list has already ended above",
                            list_name(rule.list), proxy_.describe()))
        .notes.push_back({"the rule that ends it, the last one if they are several", above.span});
  }

  void report_value(const Rule& rule, const Rule& above) {
    findings_
        .report(codes::set_after_accept, rule.span,
                fmt::format("'{}' of {} never finds a value: where there is one, the list has already "
                            "ended above",
                            rule.action, proxy_.describe()))
        .notes.push_back({"the rule that ends it", above.span});
  }

  void report_behind(const Rule& rule) {
    // HAProxy's own warning about these lists says the same.
    if (rule.list == List::http_request || rule.list == List::http_response || rule.list == List::http_after)
      return;
    if (rule.list == List::switches && !rule.condition.given && !always_ending_->condition.given &&
        rule.action == always_ending_->action)
      return;
    const codes::Code& code =
        keeps_a_value(rule) ? codes::set_after_accept : codes::rule_behind_unconditional;
    findings_
        .report(code, rule.span,
                fmt::format("this '{}' rule of {} is never reached: one above always ends the list",
                            list_name(rule.list), proxy_.describe()))
        .notes.push_back({"this one ends it", always_ending_->span});
  }

  const Proxy& proxy_;
  const std::vector<Rule>& own_;  // those of `defaults` are judged there
  const Implied& implied_;
  Findings& findings_;
  CoverIndex index_;
  std::deque<Conjunction> filed_;
  std::vector<const Rule*> rules_;
  const Rule* always_ending_ = nullptr;
};

// ---- contradictions

void find_contradiction(const Proxy& proxy, const Rule& rule, Findings& findings) {
  if (rule.condition.unless) return;
  for (const Conjunction& all : rule.condition.alternatives) {
    for (std::size_t right = 1; right < all.size(); ++right) {
      for (std::size_t left = 0; left < right; ++left) {
        if (!contradict(all[left], all[right])) continue;
        findings
            .report(codes::contradiction, all[right].span,
                    fmt::format("this term of {} can't hold together with one before it", proxy.describe()))
            .notes.push_back({"the other term", all[left].span});
        return;
      }
    }
  }
}

}  // namespace

void lint_order(const LintInput& input, Findings& findings) {
  const Implied implied;
  for (const Proxy& proxy : input.model.proxies) {
    for (std::size_t list = 0; list < list_count; ++list) {
      for (const Rule& rule : proxy.rules[list]) find_contradiction(proxy, rule, findings);
      if (static_cast<List>(list) == List::other) continue;
      ListJudge(proxy, static_cast<List>(list), implied, findings)
          .judge(proxy.all_of(static_cast<List>(list)));
    }
  }
}

}  // namespace shunt::analysis
