// Finds the runs of rules that a ladder can stand for.
#include <algorithm>

#include "acl/address_pattern.hpp"
#include "acl/passes.hpp"

namespace shunt::acl {
namespace {

// A rule as a rung: its value, the patterns, and where in the condition their term stands.
struct Candidate {
  LadderHead head;
  Rung rung;
};

// Sets that look at different things one by one stay apart, so that a cheap lookup does not wait for an
// expensive one.
int weight(MatchMethod method) { return method == MatchMethod::reg ? 2 : method == MatchMethod::sub ? 1 : 0; }

// A name in it would have to be resolved once more.
bool only_addresses(const PatternSet& set) {
  return std::ranges::all_of(
      set.entries(), [](const PatternText& entry) { return parse_network(entry.text, false).has_value(); });
}

class LadderFinder {
 public:
  LadderFinder(Draft& draft, DraftList& list) : draft_(draft), list_(list) {}

  void run() {
    for (std::uint32_t i = 0; i < list_.rules.size();) i = take_run(i);
  }

 private:
  [[nodiscard]] const DraftAcl& acl(const Term& term) const {
    return draft_.acls[draft_.acls[term.acl].same_as];
  }

  [[nodiscard]] const DraftCondition* condition_of(const DraftRule& rule) const {
    if (rule.unreachable || rule.condition == always) return nullptr;
    const DraftCondition& condition = draft_.conditions[rule.condition];
    return condition.unless || condition.constant || condition.alternatives.empty() ? nullptr : &condition;
  }

  [[nodiscard]] bool same_kind(const AclTest& test, const LadderHead& head) const {
    return test.expression == head.expression && method_input(test.method) == head.input;
  }

  // Adds an ACL's patterns to the rung; false: it looks at something else.
  [[nodiscard]] bool add(const Term& term, Candidate& candidate) const {
    if (term.negated || acl(term).constant || acl(term).tests.empty()) return false;
    for (const AclTest& test : acl(term).tests) {
      const fetchers::Expression& expression = draft_.pool[test.expression];
      if (!draft_.is_pure(test) || expression.fetch == nullptr || expression.fetch->several) return false;
      if (test.method == MatchMethod::found || test.method == MatchMethod::boolean) return false;
      if (candidate.rung.sets.empty() && candidate.head.shared_value == unset)
        candidate.head = {test.expression, method_input(test.method), candidate.head.guards,
                          draft_.shared_value(test)};
      if (!same_kind(test, candidate.head)) return false;
      for (const std::uint32_t id : test.pattern_sets) {
        if (test.method == MatchMethod::ip && !only_addresses(draft_.set(id))) return false;
        candidate.rung.sets.push_back(&draft_.set(id));
      }
    }
    return true;
  }

  // `guards`: how many terms stand in front of the one with the patterns.
  [[nodiscard]] std::optional<Candidate> read(std::uint32_t rule, std::size_t guards) const {
    const DraftCondition* condition = condition_of(list_.rules[rule]);
    if (condition == nullptr) return std::nullopt;
    const auto& alternatives = condition->alternatives;
    Candidate candidate{.head = {.shared_value = unset}, .rung = {.rule = rule}};
    if (alternatives.size() > 1)
      return guards == 0 ? read_alternatives(alternatives, candidate) : std::nullopt;
    const std::vector<Term>& terms = alternatives[0];
    if (terms.size() <= guards || !draft_.is_pure({terms.begin(), terms.begin() + static_cast<long>(guards)}))
      return std::nullopt;
    candidate.head.guards = {terms.begin(), terms.begin() + static_cast<long>(guards)};
    candidate.rung.more = terms.size() > guards + 1;
    return finish(add(terms[guards], candidate), candidate);
  }

  // `{ sni a } or { sni b }`.
  [[nodiscard]] std::optional<Candidate> read_alternatives(const std::vector<std::vector<Term>>& alternatives,
                                                           Candidate& candidate) const {
    const bool all = std::ranges::all_of(alternatives, [&](const std::vector<Term>& terms) {
      return terms.size() == 1 && add(terms[0], candidate);
    });
    return finish(all, candidate);
  }

  static std::optional<Candidate> finish(bool good, const Candidate& candidate) {
    if (!good || candidate.rung.sets.empty()) return std::nullopt;
    const int first = weight(candidate.rung.sets[0]->options().method);
    const bool alike = std::ranges::all_of(
        candidate.rung.sets, [&](const PatternSet* set) { return weight(set->options().method) == first; });
    return alike ? std::optional(candidate) : std::nullopt;
  }

  [[nodiscard]] bool same_term(const Term& a, const Term& b) const {
    return a.negated == b.negated && draft_.acls[a.acl].same_as == draft_.acls[b.acl].same_as;
  }

  // How many pure terms two rules begin with alike, when both go on behind them.
  [[nodiscard]] std::size_t common_terms(std::uint32_t rule, std::uint32_t next) const {
    const DraftCondition *a = condition_of(list_.rules[rule]), *b = condition_of(list_.rules[next]);
    if (a == nullptr || b == nullptr || a->alternatives.size() != 1 || b->alternatives.size() != 1) return 0;
    const auto &left = a->alternatives[0], &right = b->alternatives[0];
    std::size_t count = 0;
    while (count + 1 < std::min(left.size(), right.size()) && same_term(left[count], right[count])) ++count;
    return count;
  }

  [[nodiscard]] std::uint32_t next_live(std::uint32_t rule) const {
    while (rule < list_.rules.size() && list_.rules[rule].unreachable) ++rule;
    return rule;
  }

  [[nodiscard]] bool fits(const Candidate& first, const Candidate& next) const {
    return first.head.expression == next.head.expression && first.head.input == next.head.input &&
           weight(first.rung.sets[0]->options().method) == weight(next.rung.sets[0]->options().method) &&
           std::ranges::equal(first.head.guards, next.head.guards,
                              [&](const Term& a, const Term& b) { return same_term(a, b); });
  }

  // A ladder holds all patterns once more, which few rules with long lists are not worth.
  static bool is_heavy(const std::vector<Rung>& rungs) {
    std::size_t patterns = 0;
    for (const Rung& rung : rungs)
      for (const PatternSet* set : rung.sets) patterns += set->entries().size();
    return patterns > 4096 && patterns > rungs.size() * 64;
  }

  // The longest run from `first` on; returns where to go on.
  std::uint32_t take_run(std::uint32_t first) {
    const std::uint32_t second = next_live(first + 1);
    if (second >= list_.rules.size() || list_.rules[first].rewrites) return first + 1;
    const std::size_t guards = common_terms(first, second);
    const auto head = read(first, guards);
    if (!head) return first + 1;
    std::vector<Rung> rungs{head->rung};
    for (std::uint32_t i = second; i < list_.rules.size(); i = next_live(i + 1)) {
      auto candidate = read(i, guards);
      if (!candidate || !fits(*head, *candidate)) break;
      rungs.push_back(std::move(candidate->rung));
      if (list_.rules[i].rewrites) break;
    }
    if (rungs.size() < 2 || is_heavy(rungs)) return first + 1;
    LadderHead common = head->head;
    for (Term& term : common.guards) term.acl = draft_.acls[term.acl].same_as;
    list_.ladders.push_back(std::make_unique<const Ladder>(std::move(common), std::move(rungs)));
    return list_.ladders.back()->end();
  }

  static constexpr std::uint32_t unset = 0xfffffffe;

  Draft& draft_;
  DraftList& list_;
};

}  // namespace

void build_ladders(Draft& draft) {
  for (DraftList& list : draft.lists) LadderFinder(draft, list).run();
}

}  // namespace shunt::acl
