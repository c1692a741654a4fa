// The arithmetic of minconn, maxconn and fullconn.
#include "route/limits.hpp"

#include <algorithm>

namespace shunt::route {
namespace {

std::uint32_t by_load(std::uint32_t maxconn, const BalancedServer& server) {
  const std::uint32_t minconn = server.config->minconn;
  const bool ramp = minconn != 0 && minconn < maxconn && server.proxy != nullptr;
  if (!ramp) return maxconn;
  const std::uint32_t connections = server.backend->backend_connections.load(std::memory_order_relaxed);
  const std::uint32_t full = server.proxy->fullconn;
  if (full == 0) return minconn;  // not known, but surely many
  if (connections >= full) return maxconn;
  const auto share = std::uint64_t{connections} * maxconn / full;
  return std::max(minconn, static_cast<std::uint32_t>(share));
}

}  // namespace

std::uint32_t dynamic_limit(const BalancedServer& server) {
  const std::uint32_t maxconn = server.state->maxconn.load(std::memory_order_relaxed);
  if (maxconn == 0) return unlimited;
  const std::uint32_t limit = by_load(maxconn, server);
  const std::uint32_t progress = server.state->progress.load(std::memory_order_relaxed);
  if (progress >= 100) return limit;
  return std::max(1u, static_cast<std::uint32_t>(std::uint64_t{limit} * progress / 100));
}

bool is_full(const BalancedServer& server) {
  return server.state->queued.load(std::memory_order_relaxed) != 0 ||
         server.state->served.load(std::memory_order_relaxed) >= dynamic_limit(server);
}

bool is_refusing(const BalancedServer& server) {
  return is_full(server) && server.config->maxqueue != 0 &&
         server.state->queued.load(std::memory_order_relaxed) >= server.config->maxqueue;
}

}  // namespace shunt::route
