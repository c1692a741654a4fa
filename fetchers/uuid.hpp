// Universally unique identifiers (RFC 9562), versions 4 and 7, as text.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace shunt::fetchers {

using UuidText = std::array<char, 36>;

// `random`: 128 bits of it; version 7 takes the first 48 from the date.
[[nodiscard]] UuidText make_uuid(int version, std::array<std::uint64_t, 2> random,
                                 std::chrono::system_clock::time_point date);

}  // namespace shunt::fetchers
