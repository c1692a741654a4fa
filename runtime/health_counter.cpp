// The counter behind a server's health.
#include "runtime/health_counter.hpp"

#include <fmt/format.h>

namespace shunt::runtime {

void HealthCounter::success() {
  if (full()) return;
  ++value_;
  if (value_ >= rise_) value_ = rise_ + fall_ - 1;
}

void HealthCounter::failure() {
  if (value_ > 0) --value_;
  if (value_ < rise_) value_ = 0;
}

std::string HealthCounter::progress() const {
  return up() ? fmt::format("{}/{}", value_ - rise_ + 1, fall_) : fmt::format("{}/{}", value_, rise_);
}

std::chrono::milliseconds next_interval(const CheckIntervals& intervals, const HealthCounter& counter) {
  if (counter.full()) return intervals.inter;
  if (counter.empty()) return intervals.down.value_or(intervals.inter);
  return intervals.fast.value_or(intervals.inter);
}

}  // namespace shunt::runtime
