// "Did you mean": the nearest known name to a misspelt one.
#pragma once
#include <optional>
#include <span>
#include <string_view>

namespace shunt::parser {

// nullopt when nothing is close enough to be a likely misspelling.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> known);

}  // namespace shunt::parser
