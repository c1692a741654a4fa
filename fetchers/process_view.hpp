// The process that runs, as fetches see it.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "fetchers/endpoint.hpp"

namespace shunt::fetchers {

// Facts of the whole process and of the thread that evaluates. Every answer has a value without a process.
class ProcessView {
 public:
  virtual ~ProcessView() = default;
  [[nodiscard]] virtual std::uint32_t connections() const { return 0; }
  [[nodiscard]] virtual std::uint32_t thread() const { return 0; }
  [[nodiscard]] virtual bool stopping() const { return false; }
  [[nodiscard]] virtual std::chrono::seconds uptime() const { return {}; }
  [[nodiscard]] virtual std::uint32_t pid() const { return 0; }
  [[nodiscard]] virtual std::string_view hostname() const { return {}; }
  // Nothing for a variable that is not set.
  [[nodiscard]] virtual std::optional<std::string_view> environment(const char*) const {
    return std::nullopt;
  }
  // Whether the address belongs to this machine; a UNIX socket always does.
  [[nodiscard]] virtual bool is_local(const Endpoint& end) const {
    return end.family == Family::unix_socket || (end.family == Family::ipv4 && end.address[0] == 127);
  }
  // Percent of processor time, as it was lately used.
  [[nodiscard]] virtual std::uint32_t thread_usage() const { return 0; }
  [[nodiscard]] virtual std::uint32_t process_usage() const { return 0; }
};

}  // namespace shunt::fetchers
