// Events per period of any length, over a window that slides: what stick tables store. Not for several
// threads at once.
#pragma once
#include <cstdint>

namespace shunt::route {

// Two periods, of which the older one counts by the part of it that is still within the last period.
// Times are milliseconds of any clock, modulo 2^32; those of several threads may be a little out of order.
struct SlidingRate {
  std::uint32_t start = 0;  // of the current period
  std::uint32_t current = 0, previous = 0;

  void add(std::uint32_t count, std::uint32_t period, std::uint32_t now);
  // A lone event reads 1 for a whole second period.
  [[nodiscard]] std::uint32_t read(std::uint32_t period, std::uint32_t now) const;
  // As if so many events had happened just now, and none before.
  void set(std::uint32_t count, std::uint32_t now);
};

}  // namespace shunt::route
