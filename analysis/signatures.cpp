// Types of arguments behind one another.
#include "analysis/signatures.hpp"

namespace shunt::analysis {
namespace {

using fetchers::ArgumentType;

// Lists name what is written: text that is looked at later (variables, maps, keys) is a string to them.
std::string_view written_type(ArgumentType type) {
  switch (type) {
    case ArgumentType::variable:
    case ArgumentType::map:
    case ArgumentType::ssl:
    case ArgumentType::pattern: return "string";
    default: return fetchers::type_name(type);
  }
}

}  // namespace

std::string signature(const fetchers::ArgumentSignature& arguments) {
  std::string text;
  for (std::size_t i = 0; i < arguments.types.size() && arguments.types[i] != ArgumentType::none; ++i) {
    if (i == arguments.required) text += '[';
    if (i != 0) text += ',';
    text += written_type(arguments.types[i]);
  }
  if (text.empty()) return text;
  const bool optional = text.find('[') != std::string::npos;
  return '(' + text + (optional ? "])" : ")");
}

}  // namespace shunt::analysis
