// A program's tables, its code, and how the code is made of them.
#include "acl/program.hpp"

#include <utility>

#include "acl/evaluator.hpp"
#include "acl/passes.hpp"

namespace shunt::acl {

Program::Program(std::unique_ptr<ProgramData> data) : data_(std::move(data)) {}
Program::Program(Program&&) noexcept = default;
Program& Program::operator=(Program&&) noexcept = default;
Program::~Program() = default;

Truth Program::evaluate(ConditionId condition, fetchers::Context& context) const {
  return Evaluator(*data_, context).condition(condition);
}

ListStep Program::next(RuleListId list, std::uint32_t from, fetchers::Context& context) const {
  if (list == no_rules) return {};
  return Evaluator(*data_, context).next(data_->code().lists[list], from);
}

const std::vector<Rule>& Program::rules(RuleListId list) const { return data_->lists[list]; }
const fetchers::ExpressionPool& Program::expressions() const { return data_->pool; }
const Acl& Program::acl(AclId id) const { return data_->acls[id]; }
const Condition& Program::condition(ConditionId id) const { return data_->conditions[id]; }
const PatternSet& Program::pattern_set(std::uint32_t id) const { return *data_->slots[id]->current().set; }
std::size_t Program::acl_count() const { return data_->acls.size(); }
std::size_t Program::condition_count() const { return data_->conditions.size(); }
std::size_t Program::pattern_set_count() const { return data_->slots.size(); }
std::size_t Program::list_count() const { return data_->lists.size(); }
const std::vector<PassText>& Program::passes() const { return data_->passes; }

std::vector<Unreachable> Program::unreachable(RuleListId list) const {
  return data_->code().lists[list].unreachable;
}

void Program::replace_patterns(std::uint32_t id, PatternVersion version) const {
  data_->slots[id]->replace(std::move(version));
  data_->compile();
}

void Program::reclaim() const { data_->reclaim(); }

Draft ProgramData::draft() const {
  Draft draft{.pool = pool, .slots = slots};
  for (const Acl& acl : acls)
    draft.acls.push_back({.tests = acl.tests, .same_as = static_cast<AclId>(draft.acls.size())});
  for (const Condition& condition : conditions)
    draft.conditions.push_back({.unless = condition.unless, .alternatives = condition.alternatives});
  for (const std::vector<Rule>& list : lists) {
    DraftList& target = draft.lists.emplace_back();
    for (const Rule& rule : list)
      target.rules.push_back({.condition = rule.condition, .final = rule.final, .rewrites = rule.rewrites});
  }
  return draft;
}

void ProgramData::compile() {
  Draft made = draft();
  passes.clear();
  run_passes(made, optimisations, optimisations.record ? &passes : nullptr);
  codes_.push_back(flatten(std::move(made)));
  current_.store(codes_.back().get(), std::memory_order_release);
}

void ProgramData::replace(const FileSets& fresh) {
  for (const FileSet& set : fresh) slots[set.id]->replace(set.version);
  compile();
}

void ProgramData::reclaim() {
  codes_.erase(codes_.begin(), codes_.end() - 1);
  for (const auto& slot : slots) slot->reclaim();
}

const FileSets& file_sets(const Program& program) { return program.data_->file_sets; }

void replace_sets(const Program& program, const FileSets& fresh) { program.data_->replace(fresh); }

}  // namespace shunt::acl
