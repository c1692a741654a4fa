// The counter behind a server's health: how many successes bring it up, how many failures bring it down. No
// clock.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "graph/server.hpp"

namespace shunt::runtime {

// 0 ... rise+fall-1; up from `rise` on. Starts at `rise` unless `init-state` says otherwise: up, but the
// first failure brings the server down and the first success makes it fully up.
class HealthCounter {
 public:
  HealthCounter(std::uint32_t rise, std::uint32_t fall, graph::InitState start = graph::InitState::none);

  void success();
  void failure();
  void nearly_down();  // at most one failure more than it takes to be down
  void down() { value_ = 0; }
  // As another counter of the same server stood; `up` decides where the lines of the file differ.
  void go_on_from(std::uint32_t value, bool is_up);
  [[nodiscard]] bool up() const { return value_ >= rise_; }
  [[nodiscard]] bool full() const { return value_ == rise_ + fall_ - 1; }
  [[nodiscard]] bool empty() const { return value_ == 0; }
  [[nodiscard]] std::uint32_t value() const { return value_; }
  [[nodiscard]] std::string progress() const;  // "2/3": as log lines show it

 private:
  std::uint32_t rise_, fall_, value_;
};

struct CheckIntervals {
  std::chrono::milliseconds inter{2000};
  std::optional<std::chrono::milliseconds> fast, down;
};

// The pause before the next check, after the end of the last one.
[[nodiscard]] std::chrono::milliseconds next_interval(const CheckIntervals& intervals,
                                                      const HealthCounter& counter);

}  // namespace shunt::runtime
