// Whose verdict is asked for: this program's, or that of a HAProxy version; and the versions of the language.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "fetchers/rows.hpp"

namespace shunt::graph {

// For a HAProxy target the question is "would that HAProxy accept the file", for `shunt` also "can this build
// run it".
enum class Target : std::uint8_t { shunt, haproxy_2_6, haproxy_3_5 };

// The version of the language that a target speaks; shunt speaks that of 3.5.
[[nodiscard]] constexpr int language_of(Target target) {
  return target == Target::haproxy_2_6 ? 206 : fetchers::newest_language;
}

// Whether a name that came with `since` and went with `gone` (both may be empty) is part of a language.
[[nodiscard]] constexpr bool is_known(int language, std::string_view since) {
  return fetchers::language_number(since) <= language;
}
[[nodiscard]] constexpr bool is_gone(int language, std::string_view gone) {
  return !gone.empty() && fetchers::language_number(gone) <= language;
}

// "shunt", "haproxy-2.6", "haproxy-3.5".
[[nodiscard]] constexpr std::optional<Target> target_of(std::string_view name) {
  if (name == "shunt") return Target::shunt;
  if (name == "haproxy-2.6") return Target::haproxy_2_6;
  if (name == "haproxy-3.5") return Target::haproxy_3_5;
  return std::nullopt;
}

}  // namespace shunt::graph
