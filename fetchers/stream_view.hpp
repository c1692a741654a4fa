// The stream that is being decided or has ended, as fetches see it.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace shunt::fetchers {

// What one routing decision is made of beside its bytes: timers, timeouts, retries, its end.
class StreamView {
 public:
  virtual ~StreamView() = default;
  [[nodiscard]] virtual std::string_view unique_id() const { return {}; }
  [[nodiscard]] virtual std::uint32_t retries() const { return 0; }
  [[nodiscard]] virtual bool redispatched() const { return false; }
};

}  // namespace shunt::fetchers
