// The limits of maxconnrate, maxsessrate, maxsslrate, maxsslconn and of `rate-limit sessions`.
#include "runtime/admission.hpp"

#include <algorithm>

namespace shunt::runtime {
namespace {

bool limits_tls(const graph::Global& global, const graph::Listener& listener) {
  return listener.tls && global.rates.tls_at_a_time != 0;
}

}  // namespace

void leave(AdmissionCounters& counters, const graph::Global& global, const graph::Listener& listener) {
  if (limits_tls(global, listener)) counters.tls_now.fetch_sub(1, std::memory_order_relaxed);
}

bool enter_tls(AdmissionCounters& counters, const graph::Global& global) {
  const std::uint32_t limit = global.rates.tls_at_a_time;
  if (limit == 0 || counters.tls_now.fetch_add(1, std::memory_order_relaxed) < limit) return true;
  leave_tls(counters, global);
  return false;
}

void leave_tls(AdmissionCounters& counters, const graph::Global& global) {
  if (global.rates.tls_at_a_time != 0) counters.tls_now.fetch_sub(1, std::memory_order_relaxed);
}

Admission::Admission(const graph::Global& global, const graph::Listener& listener,
                     const graph::Proxy& frontend, const route::State& state, AdmissionCounters& counters)
    : limits_(global.rates),
      session_limit_(frontend.session_rate),
      uses_tls_(listener.tls.has_value()),
      limits_tls_(limits_tls(global, listener)),
      limits_rates_(limits_.connections != 0 || limits_.sessions != 0 || session_limit_ != 0 ||
                    (uses_tls_ && limits_.tls != 0)),
      sessions_(state.sessions),
      frontend_sessions_(state.proxy(frontend.id).frontend_sessions),
      counters_(counters) {}

Admission::Delay Admission::longest_delay(Time now) const {
  const auto until = [now](const route::Frequency& events, std::uint32_t limit) {
    return limit == 0 ? Delay::zero() : events.until_below(limit, now);
  };
  Delay longest =
      std::max(until(counters_.connections, limits_.connections), until(sessions_, limits_.sessions));
  longest = std::max(longest, until(frontend_sessions_, session_limit_));
  return uses_tls_ ? std::max(longest, until(counters_.tls, limits_.tls)) : longest;
}

bool Admission::reserve() {
  if (!limits_tls_) return true;
  if (counters_.tls_now.fetch_add(1, std::memory_order_relaxed) < limits_.tls_at_a_time) return true;
  release();
  return false;
}

bool Admission::has_place() const {
  return !limits_tls_ || counters_.tls_now.load(std::memory_order_relaxed) < limits_.tls_at_a_time;
}

void Admission::release() {
  if (limits_tls_) counters_.tls_now.fetch_sub(1, std::memory_order_relaxed);
}

void Admission::count(Time now) {
  if (limits_.connections != 0) counters_.connections.add(now);
  if (uses_tls_ && limits_.tls != 0) counters_.tls.add(now);
}

}  // namespace shunt::runtime
