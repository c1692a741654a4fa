// The conditions of `set-var`.
#include <algorithm>
#include <array>

#include "fetchers/variables.hpp"

namespace shunt::fetchers {
namespace {

constexpr std::array<std::string_view, 8> names = {"ifexists", "ifnotexists", "ifempty", "ifnotempty",
                                                   "ifset",    "ifnotset",    "ifgt",    "iflt"};

bool is_text(const Sample& sample) {
  return sample.type == SampleType::str || sample.type == SampleType::bin ||
         sample.type == SampleType::method;
}

// Numbers only are compared; with anything else these conditions don't stand in the way.
bool holds(VariableCondition condition, VariableRef ref, const Sample* old, const Sample& value) {
  const bool process = ref.scope == VariableScope::process;
  const bool comparable = old != nullptr && old->type == SampleType::sint && value.type == SampleType::sint;
  switch (condition) {
    case VariableCondition::if_exists: return old != nullptr || process;
    case VariableCondition::if_not_exists: return old == nullptr && !process;
    case VariableCondition::if_empty: return is_text(value) && value.text.empty();
    case VariableCondition::if_not_empty: return !is_text(value) || !value.text.empty();
    case VariableCondition::if_set: return old != nullptr;
    case VariableCondition::if_not_set: return old == nullptr;
    case VariableCondition::if_greater: return !comparable || old->integer > value.integer;
    case VariableCondition::if_less: return !comparable || old->integer < value.integer;
  }
  return true;
}

}  // namespace

VariableConditions variable_condition(std::string_view name) {
  const auto found = std::ranges::find(names, name);
  return found == names.end() ? VariableConditions{0}
                              : static_cast<VariableConditions>(1u << (found - names.begin()));
}

bool may_be_set(VariableConditions conditions, VariableRef ref, const Sample* old, const Sample& value) {
  for (unsigned bit = 0; bit < names.size(); ++bit)
    if ((conditions >> bit & 1) != 0 && !holds(static_cast<VariableCondition>(bit), ref, old, value))
      return false;
  return true;
}

}  // namespace shunt::fetchers
