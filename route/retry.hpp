// What follows a failed connection attempt: give up, wait, the same server again or a new choice.
#pragma once
#include <cstdint>

namespace shunt::route {

enum class AttemptFailure : std::uint8_t { refused, timed_out, impossible };

struct RetryFacts {
  AttemptFailure failure = AttemptFailure::refused;
  std::uint32_t done = 0;            // retries so far
  std::uint32_t allowed = 3;         // `retries`
  bool redispatch = false;           // `option redispatch`
  std::int32_t interval = -1;        // its argument
  bool server_up = true;             // the server that failed; weight 0 is up
  std::uint32_t active_servers = 1;  // usable ones without `backup`
  bool hash = false;                 // the algorithm always leads to the same server
  bool persistent = false;           // the server came from persistence
};

struct RetryPlan {
  bool give_up = false;
  bool redispatch = false;
  bool wait = false;  // min(1 s, timeout connect) first
};

[[nodiscard]] RetryPlan plan_retry(const RetryFacts& facts);

}  // namespace shunt::route
