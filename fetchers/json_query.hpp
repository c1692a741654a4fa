// The sample at a JSON path: what json_query and the converters of tokens yield.
#pragma once
#include <string_view>

#include "fetchers/sample.hpp"

namespace shunt::fetchers {

// Texts, truth values and numbers; an array is its JSON text; objects and null are no value. Numbers are text
// with six significant digits, or integers within +-(2^53 - 1) when `as_integer`.
[[nodiscard]] bool query_json(std::string_view text, std::string_view path, bool as_integer, Scratch& scratch,
                              Sample& out);

}  // namespace shunt::fetchers
