// Whose verdict is asked for: this program's, or that of a HAProxy version; and the versions of the language.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace shunt::graph {

// For a HAProxy target the question is "would that HAProxy accept the file", for `shunt` also "can this build
// run it".
enum class Target : std::uint8_t { shunt, haproxy_2_6, haproxy_3_5 };

// "2.6" is 206, "3.10" is 310; empty is 0.
[[nodiscard]] constexpr int version_number(std::string_view text) {
  int parts[2] = {};
  int at = 0;
  for (const char c : text) {
    if (c == '.')
      ++at;
    else
      parts[at] = parts[at] * 10 + (c - '0');
  }
  return parts[0] * 100 + parts[1];
}

// The version of the language that a target speaks; shunt speaks that of 3.5.
[[nodiscard]] constexpr int language_of(Target target) { return target == Target::haproxy_2_6 ? 206 : 305; }

// Whether a name that came with `since` and went with `gone` (both may be empty) is part of a language.
[[nodiscard]] constexpr bool is_known(int language, std::string_view since) {
  return version_number(since) <= language;
}
[[nodiscard]] constexpr bool is_gone(int language, std::string_view gone) {
  return !gone.empty() && version_number(gone) <= language;
}

// "shunt", "haproxy-2.6", "haproxy-3.5".
[[nodiscard]] constexpr std::optional<Target> target_of(std::string_view name) {
  if (name == "shunt") return Target::shunt;
  if (name == "haproxy-2.6") return Target::haproxy_2_6;
  if (name == "haproxy-3.5") return Target::haproxy_3_5;
  return std::nullopt;
}

}  // namespace shunt::graph
