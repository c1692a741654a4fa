// How far a period of a rate has gone.
#pragma once
#include <cstdint>

namespace shunt::route {

// Milliseconds from `start` to `now`, both of one clock modulo 2^32. A `now` from just before `start`, which
// another thread's reading of the clock may be, counts as the start itself.
[[nodiscard]] constexpr std::uint32_t period_age(std::uint32_t start, std::uint32_t now) {
  constexpr std::uint32_t most_behind = 60'000;
  return start - now <= most_behind ? 0 : now - start;
}

}  // namespace shunt::route
