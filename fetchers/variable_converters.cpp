// Converters that read or write variables.
#include <array>

#include "fetchers/argument_checks.hpp"
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

void join(Context& context, std::span<const std::string_view> parts, Sample& sample) {
  std::size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  const std::span<char> room = context.scratch->allocate(size);
  auto end = room.begin();
  for (const std::string_view part : parts) end = std::copy(part.begin(), part.end(), end);
  sample.set_string({room.data(), room.size()});
}

bool concat(Context& context, Arguments arguments, Sample& sample) {
  const std::array parts = {sample.text, std::string_view(arguments[0].text),
                            variable_text(context, arguments[1]), std::string_view(arguments[2].text)};
  join(context, parts, sample);
  return true;
}

// The delimiter stands only between something and something.
bool add_item(Context& context, Arguments arguments, Sample& sample) {
  const std::string_view added = variable_text(context, arguments[1]), suffix = arguments[2].text;
  const bool between = !sample.text.empty() && (!added.empty() || !suffix.empty());
  const std::array parts = {sample.text, between ? std::string_view(arguments[0].text) : std::string_view{},
                            added, suffix};
  join(context, parts, sample);
  return true;
}

// The value of the variable as that type.
bool other_value(Context& context, const ArgumentValue& argument, SampleType type, Sample& out) {
  return context.variables != nullptr && context.variables->get(argument.variable, out, *context.scratch) &&
         cast(out, type, *context.scratch);
}

// The difference of the first bytes that differ, up to a NUL byte in both; else which one is longer.
bool compare(Context& context, Arguments arguments, Sample& sample) {
  Sample other;
  if (!other_value(context, arguments[0], SampleType::str, other)) return false;
  const std::string_view left = sample.text, right = other.text;
  for (std::size_t at = 0; at < std::min(left.size(), right.size()); ++at) {
    if (left[at] != right[at]) {
      sample.set_integer(static_cast<std::uint8_t>(left[at]) - static_cast<std::uint8_t>(right[at]));
      return true;
    }
    if (left[at] == '\0') break;
  }
  sample.set_integer(left.size() == right.size() ? 0 : left.size() < right.size() ? -1 : 1);
  return true;
}

// Takes the same time wherever the first difference is.
bool secure_compare(Context& context, Arguments arguments, Sample& sample) {
  Sample other;
  if (!other_value(context, arguments[0], SampleType::bin, other)) return false;
  if (sample.text.size() != other.text.size()) return sample.set_boolean(false), true;
  volatile std::uint8_t difference = 0;
  for (std::size_t at = 0; at < sample.text.size(); ++at)
    difference =
        static_cast<std::uint8_t>(difference | static_cast<std::uint8_t>(sample.text[at] ^ other.text[at]));
  sample.set_boolean(difference == 0);
  return true;
}

bool check_set(std::span<ArgumentValue> arguments, ArgumentCheck& check) {
  for (ArgumentValue& argument : arguments.subspan(1)) {
    if (argument.type == ArgumentType::none) continue;
    argument.reference = variable_condition(argument.text);
    if (argument.reference == 0) return check.error = "Unknown condition '" + argument.text + "'", false;
  }
  return true;
}

bool is_text(const Sample& sample) {
  return sample.type == SampleType::str || sample.type == SampleType::bin ||
         sample.type == SampleType::method;
}

bool set_variable(Context& context, Arguments arguments, Sample& sample) {
  if (context.variables == nullptr) return false;
  const VariableRef ref = arguments[0].variable;
  VariableConditions conditions = 0;
  for (const ArgumentValue& argument : arguments.subspan(1))
    if (argument.type != ArgumentType::none)
      conditions = static_cast<VariableConditions>(conditions | argument.reference);
  Sample old;
  const bool set = context.variables->get(ref, old, *context.scratch);
  if (!may_be_set(conditions, ref, set ? &old : nullptr, sample)) return false;  // [seen]
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
    ConverterRow{.name = "add_item",
                 .arguments = {.required = 2,
                               .types = {ArgumentType::str, ArgumentType::variable, ArgumentType::str},
                               .check = check_add_item,
                               .may_be_empty = 1},
                 .in = SampleType::str,
                 .out = SampleType::str,
                 .purity = Purity::reads_state,
                 .function = add_item,
                 .documentation = "Appends a delimiter, a variable's value and a suffix."},
    ConverterRow{
        .name = "concat",
        .arguments = {.required = 1, .types = {ArgumentType::str, ArgumentType::variable, ArgumentType::str}},
        .in = SampleType::str,
        .out = SampleType::str,
        .purity = Purity::reads_state,
        .function = concat,
        .documentation = "Appends a text, the value of a variable, and another text."},
    ConverterRow{.name = "secure_memcmp",
                 .arguments = {.required = 1, .types = {ArgumentType::variable}},
                 .in = SampleType::bin,
                 .out = SampleType::boolean,
                 .purity = Purity::reads_state,
                 .function = secure_compare,
                 .documentation = "Compares with a variable in constant time."},
    ConverterRow{.name = "set-var",
                 .arguments = {.required = 1,
                               .types = {ArgumentType::variable, ArgumentType::str, ArgumentType::str,
                                         ArgumentType::str, ArgumentType::str},
                               .check = check_set},
                 .purity = Purity::writes_state,
                 .function = set_variable,
                 .documentation = "Stores the value in a variable and passes it on."},
    ConverterRow{.name = "strcmp",
                 .arguments = {.required = 1, .types = {ArgumentType::variable}},
                 .in = SampleType::str,
                 .out = SampleType::sint,
                 .purity = Purity::reads_state,
                 .function = compare,
                 .documentation = "Compares with a variable: below, equal to or above 0."},
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
