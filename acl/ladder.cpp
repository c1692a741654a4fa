// Builds ladders: which rules form a run, and the table from texts to rules.
#include "acl/ladder.hpp"

#include <algorithm>

#include "acl/fold.hpp"
#include "acl/program_data.hpp"
#include "acl/text_match.hpp"

namespace shunt::acl {
namespace {

using Rung = Ladder::Rung;

std::size_t count_texts(const std::vector<Rung>& rungs, bool ignore_case) {
  std::size_t count = 0;
  for (const Rung& rung : rungs)
    for (const PatternSet* set : rung.sets)
      if (set->options().ignore_case == ignore_case) count += set->entries().size();
  return count;
}

// Collects, for each text, the rules that name it.
class Filler {
 public:
  explicit Filler(const std::vector<Rung>& rungs) {
    make(exact, count_texts(rungs, false), false);
    make(folded_texts, count_texts(rungs, true), true);
    for (const Rung& rung : rungs)
      for (const PatternSet* set : rung.sets)
        for (const PatternText& entry : set->entries())
          add(rung.rule, entry.text, set->options().ignore_case);
  }

  std::optional<TextTable> exact;
  std::optional<TextTable> folded_texts;
  std::vector<std::vector<std::uint32_t>> groups;

 private:
  static void make(std::optional<TextTable>& table, std::size_t size, bool ignore_case) {
    if (size != 0) table.emplace(size, ignore_case);
  }

  void add(std::uint32_t rule, const std::string& text, bool ignore_case) {
    const std::string key = ignore_case ? folded(text) : text;
    TextTable& table = ignore_case ? *folded_texts : *exact;
    const std::uint32_t group =
        table.insert(hash_text<false>(key), key, static_cast<std::uint32_t>(groups.size()));
    if (group == groups.size()) groups.emplace_back();
    if (groups[group].empty() || groups[group].back() != rule) groups[group].push_back(rule);
  }
};

// The value that a rule compares with texts, and with which; nullopt: the rule is no rung.
struct Comparison {
  fetchers::ExpressionId expression = 0;
  std::vector<const PatternSet*> sets;
};

const Acl* single_acl(const Rule& rule, const LadderInput& input) {
  if (rule.condition == always) return nullptr;
  const Condition& condition = input.conditions[rule.condition];
  if (condition.unless || condition.alternatives.size() != 1 || condition.alternatives[0].size() != 1)
    return nullptr;
  const Term& term = condition.alternatives[0][0];
  return term.negated ? nullptr : &input.acls[term.acl];
}

std::optional<Comparison> read_rung(const Rule& rule, const LadderInput& input) {
  const Acl* acl = single_acl(rule, input);
  if (acl == nullptr || acl->tests.empty()) return std::nullopt;
  Comparison result{.expression = acl->tests[0].expression, .sets = {}};
  if (input.pool[result.expression].purity != fetchers::Purity::pure ||
      input.pool[result.expression].fetch->several)
    return std::nullopt;
  for (const AclTest& test : acl->tests) {
    if (test.method != MatchMethod::str || test.expression != result.expression) return std::nullopt;
    for (const std::uint32_t id : test.pattern_sets) result.sets.push_back(input.sets[id].get());
  }
  return result;
}

// The longest run of rungs from `first` on that look at the same value.
std::optional<Ladder> read_run(const RuleList& list, std::uint32_t first, const LadderInput& input) {
  std::vector<Rung> rungs;
  fetchers::ExpressionId expression = 0;
  for (std::uint32_t i = first; i < list.rules.size(); ++i) {
    auto rung = read_rung(list.rules[i], input);
    if (!rung || (!rungs.empty() && rung->expression != expression)) break;
    expression = rung->expression;
    rungs.push_back({i, std::move(rung->sets)});
  }
  if (rungs.size() < 2) return std::nullopt;
  return Ladder(expression, rungs);
}

}  // namespace

Ladder::Ladder(fetchers::ExpressionId expression, const std::vector<Rung>& rungs)
    : expression_(expression), first_(rungs.front().rule), end_(rungs.back().rule + 1) {
  Filler filler(rungs);
  exact_ = std::move(filler.exact);
  folded_ = std::move(filler.folded_texts);
  for (const auto& group : filler.groups) {
    groups_.push_back({static_cast<std::uint32_t>(rules_.size()), static_cast<std::uint32_t>(group.size())});
    rules_.insert(rules_.end(), group.begin(), group.end());
  }
}

std::uint32_t Ladder::rule_in(std::uint32_t group, std::uint32_t from) const {
  if (group == TextTable::none) return end_;
  const auto begin = rules_.begin() + groups_[group].first, end = begin + groups_[group].count;
  const auto found = std::lower_bound(begin, end, from);
  return found == end ? end_ : *found;
}

std::uint32_t Ladder::find(std::string_view text, std::uint32_t from) const {
  std::uint32_t rule = end_;
  if (exact_) {
    const std::string_view visible = visible_text({.method = MatchMethod::str}, text);
    rule = rule_in(exact_->find(hash_text<false>(visible), visible), from);
  }
  if (folded_) rule = std::min(rule, rule_in(folded_->find(hash_text<true>(text), text), from));
  return rule;
}

void build_ladders(RuleList& list, const LadderInput& input) {
  list.ladder_at.assign(list.rules.size(), no_ladder);
  for (std::uint32_t i = 0; i < list.rules.size(); ++i) {
    auto ladder = read_run(list, i, input);
    if (!ladder) continue;
    const auto id = static_cast<std::uint32_t>(list.ladders.size());
    std::fill(list.ladder_at.begin() + ladder->first(), list.ladder_at.begin() + ladder->end(), id);
    i = ladder->end() - 1;
    list.ladders.push_back(std::move(*ladder));
  }
  if (list.ladders.empty()) list.ladder_at.clear();
}

}  // namespace shunt::acl
