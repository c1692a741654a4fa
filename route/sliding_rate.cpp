// The arithmetic of rates, as HAProxy's own readings show it.
#include "route/sliding_rate.hpp"

#include "route/period_age.hpp"

namespace shunt::route {

void SlidingRate::add(std::uint32_t count, std::uint32_t period, std::uint32_t now) {
  if (period_age(start, now) < period) {
    current += count;
    return;
  }
  previous = current;
  current = count;
  start += period;
  if (now - start < period) return;
  previous = 0;
  start = now & ~1u;
}

std::uint32_t SlidingRate::read(std::uint32_t period, std::uint32_t now) const {
  std::uint64_t recent = current, older = previous;
  const std::uint64_t age = period_age(start, now);
  std::uint64_t end = period;  // when the period ends that is under way
  if (age > period) {
    end *= 2;
    older = age <= end ? recent : 0;
    recent = 0;
  }
  const std::uint64_t left = end > age ? end - age : 0;
  if (recent == 0 && older <= 1) return static_cast<std::uint32_t>(older);
  if (period == 0) return static_cast<std::uint32_t>(recent);
  return static_cast<std::uint32_t>((older * left + recent * period) / period);
}

void SlidingRate::set(std::uint32_t count, std::uint32_t now) {
  start = now & ~1u;
  current = count;
  previous = 0;
}

}  // namespace shunt::route
