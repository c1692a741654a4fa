// Executes conditions and rule lists.
#include "acl/program.hpp"

#include <algorithm>
#include <utility>

#include "acl/program_data.hpp"

namespace shunt::acl {
namespace {

using fetchers::Context;
using fetchers::Fetched;
using fetchers::Sample;

// One evaluation: the program's arrays and what it reads.
class Evaluator {
 public:
  Evaluator(const ProgramData& data, Context& context) : data_(data), context_(context) {}

  // Terms are read left to right; an alternative ends at its first term that is not `yes`, whatever stands
  // behind it.
  [[nodiscard]] Truth condition(const FlatCondition& condition) const {
    Truth best = Truth::no, current = Truth::no;
    for (std::uint32_t i = 0; i < condition.terms.count; ++i) {
      const FlatTerm& term = data_.flat_terms[condition.terms.first + i];
      if (term.opens_alternative) {
        best = std::max(best, current);
        if (best == Truth::yes) break;
        current = Truth::yes;
      }
      if (current == Truth::yes) current = this->term(term);
    }
    return condition.unless ? inverse(std::max(best, current)) : std::max(best, current);
  }

 private:
  static Truth inverse(Truth truth) {
    if (truth == Truth::unknown) return truth;
    return truth == Truth::yes ? Truth::no : Truth::yes;
  }

  [[nodiscard]] Truth term(const FlatTerm& term) const {
    const Truth truth = acl(data_.flat_acls[term.acl]);
    return term.negated ? inverse(truth) : truth;
  }

  [[nodiscard]] Truth acl(const FlatRange& tests) const {
    Truth best = Truth::no;
    for (std::uint32_t i = 0; i < tests.count && best != Truth::yes; ++i)
      best = std::max(best, test(data_.flat_tests[tests.first + i]));
    return best;
  }

  // A fetch with several values matches if one of them does.
  [[nodiscard]] Truth test(const FlatTest& test) const {
    Fetched fetched;
    context_.value_index = 0;
    do {
      Sample sample;
      fetched = value(test, sample);
      if (fetched.found && matches(test, sample)) {
        context_.value_index = 0;
        return Truth::yes;
      }
      ++context_.value_index;
    } while (fetched.more);
    context_.value_index = 0;
    return fetched.may_change && !context_.final ? Truth::unknown : Truth::no;
  }

  [[nodiscard]] Fetched value(const FlatTest& test, Sample& sample) const {
    return test.input == fetchers::SampleType::any
               ? data_.pool.evaluate(test.expression, context_, sample)
               : data_.pool.evaluate(test.expression, context_, test.input, sample);
  }

  [[nodiscard]] bool matches(const FlatTest& test, const Sample& sample) const {
    if (test.method == MatchMethod::found) return true;
    if (test.method == MatchMethod::boolean) return sample.integer != 0;
    for (std::uint32_t i = 0; i < test.set_count; ++i)
      if (data_.sets[data_.set_ids[test.first_set + i]]->match(sample) != PatternSet::no_entry) return true;
    return false;
  }

  const ProgramData& data_;
  Context& context_;
};

// The same as walking the run's rules: any rule that does not match waits as long as the value may change.
std::optional<ListStep> climb(const Ladder& ladder, const ProgramData& data, std::uint32_t from,
                              Context& context) {
  Sample sample;
  const Fetched fetched = data.pool.evaluate(ladder.expression(), context, fetchers::SampleType::str, sample);
  const std::uint32_t rule = fetched.found ? ladder.find(sample.text, from) : ladder.end();
  if (rule != from && fetched.may_change && !context.final) return ListStep{ListStep::Kind::wait, from};
  if (rule != ladder.end()) return ListStep{ListStep::Kind::apply, rule};
  return std::nullopt;
}

}  // namespace

Program::Program(std::unique_ptr<ProgramData> data) : data_(std::move(data)) {}
Program::Program(Program&&) noexcept = default;
Program& Program::operator=(Program&&) noexcept = default;
Program::~Program() = default;

Truth Program::evaluate(ConditionId condition, Context& context) const {
  if (condition == always) return Truth::yes;
  return Evaluator(*data_, context).condition(data_->flat_conditions[condition]);
}

ListStep Program::next(RuleListId list, std::uint32_t from, Context& context) const {
  if (list == no_rules) return {};
  const RuleList& rules = data_->lists[list];
  for (std::uint32_t i = from; i < rules.rules.size();) {
    if (!rules.ladder_at.empty() && rules.ladder_at[i] != no_ladder) {
      const Ladder& ladder = rules.ladders[rules.ladder_at[i]];
      if (const auto step = climb(ladder, *data_, i, context)) return *step;
      i = ladder.end();
      continue;
    }
    const Truth truth = evaluate(rules.rules[i].condition, context);
    if (truth == Truth::yes) return {ListStep::Kind::apply, i};
    if (truth == Truth::unknown) return {ListStep::Kind::wait, i};
    ++i;
  }
  return {};
}

const std::vector<Rule>& Program::rules(RuleListId list) const { return data_->lists[list].rules; }
const fetchers::ExpressionPool& Program::expressions() const { return data_->pool; }
const Acl& Program::acl(AclId id) const { return data_->acls[id]; }
const Condition& Program::condition(ConditionId id) const { return data_->conditions[id]; }
const PatternSet& Program::pattern_set(std::uint32_t id) const { return *data_->sets[id]; }
std::size_t Program::acl_count() const { return data_->acls.size(); }
std::size_t Program::condition_count() const { return data_->conditions.size(); }
std::size_t Program::pattern_set_count() const { return data_->sets.size(); }
std::size_t Program::list_count() const { return data_->lists.size(); }

void ProgramData::flatten() {
  for (const Acl& acl : acls) {
    flat_acls.push_back(
        {static_cast<std::uint32_t>(flat_tests.size()), static_cast<std::uint32_t>(acl.tests.size())});
    for (const AclTest& test : acl.tests) {
      flat_tests.push_back({test.expression, test.method, method_input(test.method),
                            static_cast<std::uint32_t>(set_ids.size()),
                            static_cast<std::uint32_t>(test.pattern_sets.size())});
      set_ids.insert(set_ids.end(), test.pattern_sets.begin(), test.pattern_sets.end());
    }
  }
  for (const Condition& condition : conditions) {
    FlatCondition flat{.terms = {.first = static_cast<std::uint32_t>(flat_terms.size())},
                       .unless = condition.unless};
    // An alternative without terms is `no` [seen], like one that is not there.
    for (const auto& alternative : condition.alternatives)
      for (const Term& term : alternative)
        flat_terms.push_back({term.acl, term.negated, &term == alternative.data()});
    flat.terms.count = static_cast<std::uint32_t>(flat_terms.size()) - flat.terms.first;
    flat_conditions.push_back(flat);
  }
}

}  // namespace shunt::acl
