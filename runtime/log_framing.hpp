// One log line as it goes onto the wire, for each of HAProxy's formats. No socket, no clock.
#pragma once
#include <sys/types.h>
#include <chrono>
#include <string>
#include <string_view>

#include "graph/log_target.hpp"

namespace shunt::runtime {

// What a line says about its sender besides the message.
struct LogOrigin {
  std::string_view hostname;  // empty: not configured
  std::string_view tag;
  pid_t pid = 0;
  std::string_view structured_data = {};  // empty: "-"
};

// The two spellings of the time of a line, in the local zone; the parts that live for a second are kept.
class LogClock {
 public:
  using Time = std::chrono::system_clock::time_point;
  void set(Time now);
  [[nodiscard]] std::string_view rfc3164() const { return rfc3164_; }  // "Jan  2 03:04:05"
  [[nodiscard]] std::string_view iso() const { return iso_; }          // "2026-01-02T03:04:05.678901+01:00"

 private:
  void set_second(std::time_t second);

  std::time_t second_ = -1;
  std::string rfc3164_, iso_;
};

// nullopt: the target's level does not admit it. Else the level it is logged at.
[[nodiscard]] std::optional<graph::LogLevel> admitted_level(const graph::LogTarget& target,
                                                            graph::LogLevel level);

// Replaces `out` by the line, cut to the target's length, with its line end.
void frame_log_line(const graph::LogTarget& target, graph::LogLevel level, const LogOrigin& origin,
                    const LogClock& clock, std::string_view message, std::string& out);

// The same for a ring: no line end, the text cut to the target's length, the whole to `longest`.
void frame_ring_line(const graph::LogTarget& target, graph::LogLevel level, const LogOrigin& origin,
                     const LogClock& clock, std::string_view message, std::size_t longest, std::string& out);

}  // namespace shunt::runtime
