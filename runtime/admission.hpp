// How many connections may be accepted in a second, and how many may use TLS at a time.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>

#include "graph/global.hpp"
#include "graph/listener.hpp"
#include "graph/proxy.hpp"
#include "route/state.hpp"

namespace shunt::runtime {

// Of the process.
struct AdmissionCounters {
  route::Frequency connections, tls;
  std::atomic<std::uint32_t> tls_now{0};
};

// A connection of that listener has ended: its place among those that use TLS is free.
void leave(AdmissionCounters& counters, const graph::Global& global, const graph::Listener& listener);

// A connection to a server begins to use TLS, or ends. False: there is no place for it.
[[nodiscard]] bool enter_tls(AdmissionCounters& counters, const graph::Global& global);
void leave_tls(AdmissionCounters& counters, const graph::Global& global);

// Of one listener. A frontend's and the process's sessions are counted where they begin, in route::State.
class Admission {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Delay = std::chrono::milliseconds;

  Admission(const graph::Global& global, const graph::Listener& listener, const graph::Proxy& frontend,
            const route::State& state, AdmissionCounters& counters);

  // Zero: the rates allow one more now.
  [[nodiscard]] Delay delay(Time now) const { return limits_rates_ ? longest_delay(now) : Delay::zero(); }
  // A place among the connections that use TLS; without `ssl` there always is one.
  [[nodiscard]] bool reserve();
  [[nodiscard]] bool has_place() const;
  void release();
  void count(Time now);  // one was accepted

 private:
  [[nodiscard]] Delay longest_delay(Time now) const;

  graph::Rates limits_;
  std::uint32_t session_limit_;  // of the frontend
  bool uses_tls_;
  bool limits_tls_;
  bool limits_rates_;
  const route::Frequency& sessions_;  // of the process
  const route::Frequency& frontend_sessions_;
  AdmissionCounters& counters_;
};

}  // namespace shunt::runtime
