// When an OCSP response is asked for again; in seconds.
#pragma once
#include <algorithm>
#include <cstdint>

#include "graph/tls_renewal.hpp"

namespace shunt::runtime {

// After one that counts until `until` (0: it doesn't say): when nine tenths of the time that is left are
// over, so that a responder that is away for a while does no harm.
[[nodiscard]] inline std::int64_t until_next(const graph::FetchingDelays& delays, std::int64_t now,
                                             std::int64_t until) {
  if (until == 0) return delays.shortest;
  const std::int64_t left = std::max<std::int64_t>(until - now, 0);
  return std::clamp<std::int64_t>(left - left / 10, delays.shortest, delays.longest);
}

// After so many failures in a row (1 ...): twice as long each time.
[[nodiscard]] inline std::int64_t until_retry(const graph::FetchingDelays& delays, std::uint32_t failures) {
  const std::uint32_t doublings = std::min(failures - 1, 31U);
  return std::min<std::int64_t>(std::int64_t{delays.shortest} << doublings, delays.longest);
}

}  // namespace shunt::runtime
