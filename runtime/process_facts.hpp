// The running process as fetches see it; one of these per thread.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "fetchers/process_view.hpp"
#include "route/state.hpp"

namespace shunt::runtime {

struct ProcessCounters;

class ProcessFacts final : public fetchers::ProcessView {
 public:
  ProcessFacts(const route::State& state, const ProcessCounters& counters, std::uint32_t thread,
               const std::string& hostname)
      : state_(state), counters_(counters), thread_(thread), hostname_(hostname) {}

  [[nodiscard]] std::uint32_t connections() const override;
  [[nodiscard]] std::uint32_t thread() const override { return thread_; }
  [[nodiscard]] bool stopping() const override;
  [[nodiscard]] std::chrono::seconds uptime() const override;
  [[nodiscard]] std::uint32_t pid() const override;
  [[nodiscard]] std::string_view hostname() const override { return hostname_; }
  [[nodiscard]] std::optional<std::string_view> environment(const char* name) const override;
  [[nodiscard]] bool is_local(const fetchers::Endpoint& end) const override;
  [[nodiscard]] std::uint32_t thread_usage() const override;
  [[nodiscard]] std::uint32_t process_usage() const override;

 private:
  // Processor time over wall time between two looks that are at least a second apart.
  struct Usage {
    std::chrono::steady_clock::time_point looked = std::chrono::steady_clock::now();
    std::chrono::nanoseconds used{};
    std::uint32_t percent = 0;
  };
  static std::uint32_t look(Usage& usage, int clock, std::uint32_t processors);

  const route::State& state_;
  const ProcessCounters& counters_;
  std::uint32_t thread_;
  const std::string& hostname_;
  mutable Usage of_thread_ = {}, of_process_ = {};
};

}  // namespace shunt::runtime
