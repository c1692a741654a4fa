// Converters that read or write variables.
#include <array>

#include "fetchers/families.hpp"

namespace shunt::fetchers {
namespace {

// The text of a variable; an unset one and one that is no text count as empty.
std::string_view variable_text(Context& context, const ArgumentValue& argument) {
  Sample value;
  if (argument.type == ArgumentType::none || context.variables == nullptr) return {};
  if (!context.variables->get(argument.variable, value, *context.scratch) ||
      !cast(value, SampleType::str, *context.scratch))
    return {};
  return value.text;
}

bool concat(Context& context, Arguments arguments, Sample& sample) {
  const std::array parts = {sample.text, std::string_view(arguments[0].text),
                            variable_text(context, arguments[1]), std::string_view(arguments[2].text)};
  std::size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  const std::span<char> room = context.scratch->allocate(size);
  auto end = room.begin();
  for (const std::string_view part : parts) end = std::copy(part.begin(), part.end(), end);
  sample.set_string({room.data(), room.size()});
  return true;
}

enum class Condition : std::uint8_t {
  if_exists,
  if_not_exists,
  if_empty,
  if_not_empty,
  if_set,
  if_not_set,
  if_greater,
  if_less
};
constexpr std::array<std::string_view, 8> condition_names = {
    "ifexists", "ifnotexists", "ifempty", "ifnotempty", "ifset", "ifnotset", "ifgt", "iflt"};

bool check_set(std::span<ArgumentValue> arguments, ArgumentCheck& check) {
  for (ArgumentValue& argument : arguments.subspan(1)) {
    if (argument.type == ArgumentType::none) continue;
    const auto found = std::ranges::find(condition_names, argument.text);
    if (found == condition_names.end())
      return check.error = "Unknown condition '" + argument.text + "'", false;
    argument.reference = static_cast<std::uint32_t>(found - condition_names.begin());
  }
  return true;
}

bool is_text(const Sample& sample) {
  return sample.type == SampleType::str || sample.type == SampleType::bin ||
         sample.type == SampleType::method;
}

// `process`: such variables exist from the moment the file names them.
bool holds(Condition condition, bool set, bool process, const Sample& old, const Sample& sample) {
  const bool comparable = set && old.type == SampleType::sint && sample.type == SampleType::sint;
  switch (condition) {
    case Condition::if_exists: return set || process;
    case Condition::if_not_exists: return !set && !process;
    case Condition::if_empty: return is_text(sample) && sample.text.empty();
    case Condition::if_not_empty: return !is_text(sample) || !sample.text.empty();
    case Condition::if_set: return set;
    case Condition::if_not_set: return !set;
    case Condition::if_greater: return !comparable || old.integer > sample.integer;
    case Condition::if_less: return !comparable || old.integer < sample.integer;
  }
  return true;
}

bool set_variable(Context& context, Arguments arguments, Sample& sample) {
  if (context.variables == nullptr) return false;
  const VariableRef ref = arguments[0].variable;
  Sample old;
  const bool set = context.variables->get(ref, old, *context.scratch);
  for (const ArgumentValue& argument : arguments.subspan(1)) {
    if (argument.type == ArgumentType::none) continue;
    const auto condition = static_cast<Condition>(argument.reference);
    if (!holds(condition, set, ref.scope == VariableScope::process, old, sample)) return true;
  }
  if (is_text(sample))
    sample.text = context.scratch->copy(sample.text);  // it may lie in the variable's old bytes
  context.variables->set(ref, sample);
  return true;
}

bool unset_variable(Context& context, Arguments arguments, Sample& sample) {
  if (context.variables == nullptr) return false;
  if (is_text(sample)) sample.text = context.scratch->copy(sample.text);
  context.variables->unset(arguments[0].variable);
  return true;
}

constexpr std::array rows = {
    ConverterRow{
        .name = "concat",
        .arguments = {.required = 1, .types = {ArgumentType::str, ArgumentType::variable, ArgumentType::str}},
        .in = SampleType::str,
        .out = SampleType::str,
        .purity = Purity::reads_state,
        .function = concat,
        .documentation = "Appends a text, the value of a variable, and another text."},
    ConverterRow{.name = "set-var",
                 .arguments = {.required = 1,
                               .types = {ArgumentType::variable, ArgumentType::str, ArgumentType::str,
                                         ArgumentType::str, ArgumentType::str},
                               .check = check_set},
                 .purity = Purity::writes_state,
                 .function = set_variable,
                 .documentation = "Stores the value in a variable and passes it on."},
    ConverterRow{.name = "unset-var",
                 .arguments = {.required = 1, .types = {ArgumentType::variable}},
                 .purity = Purity::writes_state,
                 .function = unset_variable,
                 .documentation = "Forgets a variable and passes the value on."},
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows variable_converters() { return rows; }

}  // namespace shunt::fetchers
