// How many connections a server may serve now.
#pragma once
#include <cstdint>

#include "route/balance/balancer.hpp"

namespace shunt::route {

inline constexpr std::uint32_t unlimited = 0xffffffff;

// maxconn; between minconn and maxconn as the backend fills up; less while the server starts slowly.
[[nodiscard]] std::uint32_t dynamic_limit(const BalancedServer& server);

// It serves as many as it may, or others wait for it already.
[[nodiscard]] bool is_full(const BalancedServer& server);

// It is full, and so is its line: `maxqueue` others wait for it already.
[[nodiscard]] bool is_refusing(const BalancedServer& server);

}  // namespace shunt::route
