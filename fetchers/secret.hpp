// Keys, nonces and tags among the arguments of converters: Base64 text, or a variable that holds it.
#pragma once
#include <optional>
#include <string_view>

#include "fetchers/context.hpp"
#include "fetchers/rows.hpp"

namespace shunt::fetchers {

// The bytes; a text was decoded when the file was read. nullopt: the variable isn't set, or is no Base64.
[[nodiscard]] std::optional<std::string_view> secret_bytes(Context& context, const ArgumentValue& argument);
// The text of an argument that may be a variable's name, as it is.
[[nodiscard]] std::optional<std::string_view> text_or_variable(Context& context,
                                                               const ArgumentValue& argument);

}  // namespace shunt::fetchers
