// The counter behind a server's health.
#include "runtime/health_counter.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace shunt::runtime {

HealthCounter::HealthCounter(std::uint32_t rise, std::uint32_t fall, graph::InitState start)
    : rise_(rise), fall_(fall), value_(rise) {
  if (start == graph::InitState::fully_up) value_ = rise + fall - 1;
  if (start == graph::InitState::down) value_ = rise - 1;
  if (start == graph::InitState::fully_down) value_ = 0;
}

void HealthCounter::nearly_down() { value_ = std::min(value_, rise_ + 1); }

void HealthCounter::go_on_from(std::uint32_t value, bool is_up) {
  const std::uint32_t highest = is_up ? rise_ + fall_ - 1 : rise_ - 1;
  value_ = std::clamp(value, is_up ? rise_ : 0, highest);
}

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
