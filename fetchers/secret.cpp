// Reads texts that stand in a file or in a variable.
#include "fetchers/secret.hpp"

#include "fetchers/base64.hpp"

namespace shunt::fetchers {

std::optional<std::string_view> text_or_variable(Context& context, const ArgumentValue& argument) {
  if (argument.type != ArgumentType::variable) return std::string_view(argument.text);
  Sample value;
  if (context.variables == nullptr || !context.variables->get(argument.variable, value, *context.scratch) ||
      !cast(value, SampleType::str, *context.scratch))
    return std::nullopt;
  return value.text;
}

std::optional<std::string_view> secret_bytes(Context& context, const ArgumentValue& argument) {
  if (argument.type != ArgumentType::variable) return std::string_view(argument.text);
  const auto text = text_or_variable(context, argument);
  return text ? base64_decode(*text, Base64::standard, *context.scratch) : std::nullopt;
}

}  // namespace shunt::fetchers
