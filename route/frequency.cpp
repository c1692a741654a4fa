// The arithmetic of rates, as HAProxy's own readings show it.
#include "route/frequency.hpp"

#include <algorithm>

#include "route/period_age.hpp"

namespace shunt::route {
namespace {

// Even milliseconds: the lowest bit is the lock.
std::uint32_t ticks(std::chrono::steady_clock::time_point at) {
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
  return static_cast<std::uint32_t>(since);
}

}  // namespace

void Frequency::add(std::chrono::steady_clock::time_point at) {
  const std::uint32_t now = ticks(at) & ~1u;
  for (;;) {
    std::uint32_t start = start_.load(std::memory_order_acquire);
    if ((start & 1) != 0) continue;  // another thread begins a period: a few instructions
    const std::uint32_t age = period_age(start, now);
    if (age < period) {
      current_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    if (!start_.compare_exchange_weak(start, start | 1, std::memory_order_acq_rel)) continue;
    const bool next = age < 2 * period;
    previous_.store(next ? current_.load(std::memory_order_relaxed) : 0, std::memory_order_relaxed);
    current_.store(1, std::memory_order_relaxed);
    start_.store(next ? start + period : now, std::memory_order_release);
    return;
  }
}

Frequency::Reading Frequency::read(std::chrono::steady_clock::time_point at) const {
  std::uint32_t start = 0;
  Reading made;
  do {
    start = start_.load(std::memory_order_acquire);
    made.current = current_.load(std::memory_order_relaxed);
    made.previous = previous_.load(std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_acquire);
  } while ((start & 1) != 0 || start != start_.load(std::memory_order_relaxed));
  const std::uint32_t age = period_age(start, ticks(at));
  std::uint32_t end = period;  // of the period that is under way
  if (age > period) {
    end *= 2;
    made.previous = age <= end ? made.current : 0;
    made.current = 0;
  }
  made.left = end > age ? end - age : 0;
  return made;
}

std::uint32_t Frequency::per_second(std::chrono::steady_clock::time_point at) const {
  const Reading reading = read(at);
  if (reading.current == 0 && reading.previous <= 1) return static_cast<std::uint32_t>(reading.previous);
  return static_cast<std::uint32_t>((reading.previous * reading.left + reading.current * period) / period);
}

std::chrono::milliseconds Frequency::until_below(std::uint32_t limit,
                                                 std::chrono::steady_clock::time_point now) const {
  const auto [current, previous, left] = read(now);
  const std::uint64_t allowed = std::uint64_t{limit} * period, recent = current * period;
  if (recent + previous * left < allowed) return std::chrono::milliseconds::zero();
  // Of the older period so many milliseconds may still count.
  if (recent < allowed) return std::chrono::milliseconds(left - (allowed - recent - 1) / previous);
  return std::chrono::milliseconds(left + period - std::min<std::uint64_t>(period, (allowed - 1) / current));
}

}  // namespace shunt::route
