// The elements of a range as one text, with a separator between them (fmt::join would compile all of fmt into
// every user).
#pragma once
#include <fmt/core.h>

#include <string>
#include <string_view>

namespace shunt {

template <typename Range>
[[nodiscard]] std::string joined(const Range& range, std::string_view separator) {
  std::string text;
  bool first = true;
  for (const auto& each : range) {
    if (!first) text += separator;
    first = false;
    text += fmt::format("{}", each);
  }
  return text;
}

}  // namespace shunt
