// The arithmetic of rates, as HAProxy's own readings show it.
#include "route/frequency.hpp"

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
    const std::uint32_t age = now - start;
    // Below zero: a reading of the clock from just before another thread's period.
    if (static_cast<std::int32_t>(age) < static_cast<std::int32_t>(period)) {
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

std::uint32_t Frequency::per_second(std::chrono::steady_clock::time_point at) const {
  std::uint32_t start = 0;
  std::uint64_t current = 0, previous = 0;
  do {
    start = start_.load(std::memory_order_acquire);
    current = current_.load(std::memory_order_relaxed);
    previous = previous_.load(std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_acquire);
  } while ((start & 1) != 0 || start != start_.load(std::memory_order_relaxed));
  auto left = static_cast<std::int32_t>(start + period - ticks(at));
  if (left < 0) {
    left += static_cast<std::int32_t>(period);
    previous = left >= 0 ? current : 0;
    current = 0;
  }
  if (current == 0 && previous <= 1) return static_cast<std::uint32_t>(previous);
  const auto share = static_cast<std::uint64_t>(left < 0 ? 0 : left);
  return static_cast<std::uint32_t>((previous * share + current * period) / period);
}

}  // namespace shunt::route
