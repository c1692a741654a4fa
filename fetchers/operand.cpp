// The value of an operand.
#include "fetchers/operand.hpp"

namespace shunt::fetchers {

std::optional<std::int64_t> operand(Context& context, const ArgumentValue& argument) {
  if (argument.type == ArgumentType::sint) return argument.integer;
  Sample value;
  if (context.variables == nullptr || !context.variables->get(argument.variable, value, *context.scratch))
    return std::nullopt;
  return cast(value, SampleType::sint, *context.scratch) ? std::optional(value.integer) : std::nullopt;
}

}  // namespace shunt::fetchers
