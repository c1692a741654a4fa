// Rows of fetches that read what changes while the process runs, written in one line each.
#pragma once
#include "fetchers/rows.hpp"

namespace shunt::fetchers {

[[nodiscard]] constexpr FetchRow reads(std::string_view name, ArgumentSignature arguments, SampleType out,
                                       std::uint32_t places, FetchFunction function, std::string_view text,
                                       std::string_view since = {}) {
  return {.name = name,
          .arguments = arguments,
          .out = out,
          .places = places,
          .purity = Purity::reads_state,
          .function = function,
          .since = since,
          .documentation = text};
}

// What may be without a value.
[[nodiscard]] inline Fetched integer(std::int64_t value, Sample& out) {
  out.set_integer(value);
  return {.found = true};
}
[[nodiscard]] inline Fetched boolean(bool value, Sample& out) {
  out.set_boolean(value);
  return {.found = true};
}
[[nodiscard]] inline Fetched text(std::string_view value, Sample& out) {
  out.set_string(value);
  return {.found = true};
}
[[nodiscard]] inline Fetched text_if_any(std::string_view value, Sample& out) {
  return value.empty() ? Fetched{} : text(value, out);
}

}  // namespace shunt::fetchers
