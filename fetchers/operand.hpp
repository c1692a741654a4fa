// Integers that converters are given as a number or as the name of a variable.
#pragma once
#include <cstdint>
#include <optional>

#include "fetchers/context.hpp"
#include "fetchers/rows.hpp"

namespace shunt::fetchers {

// A variable must hold (something like) a number; nothing otherwise.
[[nodiscard]] std::optional<std::int64_t> operand(Context& context, const ArgumentValue& argument);

}  // namespace shunt::fetchers
