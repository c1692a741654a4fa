// The process that runs, as fetches see it.
#pragma once
#include <chrono>
#include <cstdint>
#include <string_view>

namespace shunt::fetchers {

// Facts of the whole process and of the thread that evaluates. Every answer has a value without a process.
class ProcessView {
 public:
  virtual ~ProcessView() = default;
  [[nodiscard]] virtual std::uint32_t connections() const { return 0; }
  [[nodiscard]] virtual std::uint32_t thread() const { return 0; }
  [[nodiscard]] virtual bool stopping() const { return false; }
  [[nodiscard]] virtual std::chrono::seconds uptime() const { return {}; }
};

}  // namespace shunt::fetchers
