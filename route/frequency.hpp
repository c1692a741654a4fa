// Events per second over a sliding window of one second, counted by all threads without a lock.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>

namespace shunt::route {

// Two periods, of which the older one counts by the part of it that is still within the last second. The
// lowest bit of the period's start is the right to begin a new period.
class Frequency {
 public:
  void add(std::chrono::steady_clock::time_point at);
  // A lone event reads 1 for a whole second period.
  [[nodiscard]] std::uint32_t per_second(std::chrono::steady_clock::time_point now) const;
  // How long until one more event keeps within `limit` (1 ...) a second; zero: now.
  [[nodiscard]] std::chrono::milliseconds until_below(std::uint32_t limit,
                                                      std::chrono::steady_clock::time_point now) const;

 private:
  struct Reading {
    std::uint64_t current = 0, previous = 0;
    std::uint64_t left = 0;  // milliseconds of the current period
  };
  [[nodiscard]] Reading read(std::chrono::steady_clock::time_point at) const;
  static constexpr std::uint32_t period = 1000;  // milliseconds

  std::atomic<std::uint32_t> start_{0};
  std::atomic<std::uint32_t> current_{0};
  std::atomic<std::uint32_t> previous_{0};
};

}  // namespace shunt::route
