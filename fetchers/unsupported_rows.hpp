// Rows of names that are known and judged, but not executed yet.
#pragma once
#include "fetchers/rows.hpp"

namespace shunt::fetchers {

[[nodiscard]] constexpr FetchRow later(std::string_view name, ArgumentSignature arguments, SampleType out,
                                       std::uint32_t places, std::string_view text,
                                       std::string_view since = {}) {
  return {.name = name,
          .arguments = arguments,
          .out = out,
          .places = places,
          .status = Status::unsupported,
          .since = since,
          .documentation = text};
}

[[nodiscard]] constexpr ConverterRow later(std::string_view name, ArgumentSignature arguments, SampleType in,
                                           SampleType out, std::string_view text,
                                           std::string_view since = {}) {
  return {.name = name,
          .arguments = arguments,
          .in = in,
          .out = out,
          .status = Status::unsupported,
          .since = since,
          .documentation = text};
}

}  // namespace shunt::fetchers
