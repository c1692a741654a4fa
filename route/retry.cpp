// The rules of `retries` and `option redispatch`.
#include "route/retry.hpp"

namespace shunt::route {
namespace {

// Every n-th retry; a negative interval counts n from the last retry backwards, even beyond the first one
// [seen]. HAProxy crashes where that comes to every 0th retry.
bool interval_reached(std::int32_t interval, std::int64_t number, std::int64_t allowed) {
  const std::int64_t period = interval < 0 ? allowed + 1 + interval : interval;
  return period != 0 && number % period == 0;
}

bool leaves_server(const RetryFacts& facts) {
  if (!facts.redispatch) return false;
  if (!facts.server_up) return true;
  if (interval_reached(facts.interval, std::int64_t{facts.done} + 1, facts.allowed)) return true;
  return !facts.persistent && !facts.hash && facts.active_servers > 1;
}

}  // namespace

RetryPlan plan_retry(const RetryFacts& facts) {
  if (facts.done >= facts.allowed) return {.give_up = true};
  const bool leaves = leaves_server(facts);
  // A pause only helps where the next attempt may meet the same server.
  const bool same_again = !leaves || facts.active_servers <= 1;
  return {.redispatch = leaves, .wait = facts.failure == AttemptFailure::refused && same_again};
}

}  // namespace shunt::route
