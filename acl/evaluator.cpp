// Executes conditions and rule lists.
#include "acl/evaluator.hpp"

#include <algorithm>

namespace shunt::acl {
namespace {

Truth inverse(Truth truth) {
  if (truth == Truth::unknown) return truth;
  return truth == Truth::yes ? Truth::no : Truth::yes;
}

std::uint32_t live(const FlatList& list, std::uint32_t rule) {
  return list.next_live.empty() || rule >= list.next_live.size() ? rule : list.next_live[rule];
}

}  // namespace

Truth Evaluator::condition(ConditionId id) {
  return id == always ? Truth::yes : condition(code_.conditions[id]);
}

// Terms are read left to right; an alternative ends at its first term that is not `yes`, whatever stands
// behind it.
Truth Evaluator::condition(const FlatCondition& condition) {
  if (condition.constant != Constant::none)
    return condition.constant == Constant::yes ? Truth::yes : Truth::no;
  Truth best = Truth::no, current = Truth::no;
  for (std::uint32_t i = 0; i < condition.terms.count; ++i) {
    const FlatTerm& term = code_.terms[condition.terms.first + i];
    if (term.opens_alternative) {
      best = std::max(best, current);
      if (best == Truth::yes) break;
      current = Truth::yes;
    }
    if (current == Truth::yes) current = this->term(term.acl, term.negated);
  }
  best = std::max(best, current);
  return condition.unless ? inverse(best) : best;
}

Truth Evaluator::term(AclId acl, bool negated) {
  const Truth truth = this->acl(acl);
  return negated ? inverse(truth) : truth;
}

Truth Evaluator::acl(AclId id) {
  const FlatAcl& acl = code_.acls[id];
  if (acl.shared_truth == not_shared) return any_test(acl.tests);
  const std::size_t at = acl.shared_truth % truths_.numbers.size();
  if (truths_.numbers[at] != acl.shared_truth + 1) {
    truths_.entries[at] = any_test(acl.tests);
    truths_.numbers[at] = acl.shared_truth + 1;
  }
  return truths_.entries[at];
}

Truth Evaluator::any_test(const FlatRange& tests) {
  Truth best = Truth::no;
  for (std::uint32_t i = 0; i < tests.count && best != Truth::yes; ++i)
    best = std::max(best, test(code_.tests[tests.first + i]));
  return best;
}

Truth Evaluator::test(const FlatTest& test) {
  if (test.shared_value != not_shared) {
    const Value& value = shared_value(test.expression, test.input, test.shared_value);
    return value.fetched.found && matches(test, value.sample) ? Truth::yes : settle(value.fetched);
  }
  return single_test(test);
}

// A fetch with several values matches if one of them does.
Truth Evaluator::single_test(const FlatTest& test) {
  Fetched fetched;
  context_.value_index = 0;
  bool found = false;
  do {
    Sample sample;
    fetched = fetch(test.expression, test.input, sample);
    found = fetched.found && matches(test, sample);
    ++context_.value_index;
  } while (fetched.more && !found);
  context_.value_index = 0;
  return found ? Truth::yes : settle(fetched);
}

Truth Evaluator::settle(const Fetched& fetched) const {
  return fetched.may_change && !context_.final ? Truth::unknown : Truth::no;
}

fetchers::Fetched Evaluator::fetch(fetchers::ExpressionId expression, fetchers::SampleType input,
                                   Sample& sample) {
  return input == fetchers::SampleType::any ? data_.pool.evaluate(expression, context_, sample)
                                            : data_.pool.evaluate(expression, context_, input, sample);
}

const Evaluator::Value& Evaluator::shared_value(fetchers::ExpressionId expression, fetchers::SampleType input,
                                                std::uint32_t number) {
  const std::size_t at = number % values_.numbers.size();
  if (values_.numbers[at] != number + 1) {
    Value* value = new (&values_.entries[at].value) Value;  // in place; nothing of it needs an end
    value->fetched = fetch(expression, input, value->sample);
    values_.numbers[at] = number + 1;
  }
  return values_.entries[at].value;
}

bool Evaluator::matches(const FlatTest& test, const Sample& sample) const {
  if (test.method == MatchMethod::found) return true;
  if (test.method == MatchMethod::boolean) return sample.integer != 0;
  for (std::uint32_t i = 0; i < test.set_count; ++i)
    if (code_.sets[test.first_set + i]->match(sample) != PatternSet::no_entry) return true;
  return false;
}

Truth Evaluator::guards(const Ladder& ladder) {
  for (const Term& guard : ladder.head().guards)
    if (const Truth truth = term(guard.acl, guard.negated); truth != Truth::yes) return truth;
  return Truth::yes;
}

// The same as walking the run's rules: any rule that does not match waits as long as the value may change.
std::optional<ListStep> Evaluator::climb(const FlatList& list, const Ladder& ladder, std::uint32_t from) {
  const LadderHead& head = ladder.head();
  if (const Truth truth = guards(ladder); truth == Truth::unknown)
    return ListStep{ListStep::Kind::wait, from};
  else if (truth == Truth::no)
    return std::nullopt;
  Value own;
  const Value* value = &own;
  if (head.shared_value == not_shared)
    own.fetched = fetch(head.expression, head.input, own.sample);
  else
    value = &shared_value(head.expression, head.input, head.shared_value);
  for (; from < ladder.end(); from = live(list, from + 1)) {
    const std::uint32_t rule = value->fetched.found ? ladder.find(value->sample, from) : ladder.end();
    if (rule != from && settle(value->fetched) == Truth::unknown) return ListStep{ListStep::Kind::wait, from};
    if (rule == ladder.end()) return std::nullopt;
    from = rule;
    const Truth truth = ladder.has_more(rule) ? condition(list.conditions[rule]) : Truth::yes;
    if (truth == Truth::yes) return ListStep{ListStep::Kind::apply, rule};
    if (truth == Truth::unknown) return ListStep{ListStep::Kind::wait, rule};
  }
  return std::nullopt;
}

ListStep Evaluator::next(const FlatList& list, std::uint32_t from) {
  for (std::uint32_t i = live(list, from); i < list.conditions.size(); i = live(list, i)) {
    if (!list.ladder_at.empty() && list.ladder_at[i] != no_ladder) {
      const Ladder& ladder = *list.ladders[list.ladder_at[i]];
      if (const auto step = climb(list, ladder, i)) return *step;
      i = ladder.end();
      continue;
    }
    const Truth truth = condition(list.conditions[i]);
    if (truth == Truth::yes) return {ListStep::Kind::apply, i};
    if (truth == Truth::unknown) return {ListStep::Kind::wait, i};
    ++i;
  }
  return {};
}

}  // namespace shunt::acl
