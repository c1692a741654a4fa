// The arithmetic of minconn, maxconn and fullconn.
#include "route/limits.hpp"

#include <algorithm>

namespace shunt::route {
namespace {

std::uint32_t by_load(const graph::Server& config, const BalancedServer& server) {
  const bool ramp = config.minconn != 0 && config.minconn < config.maxconn && server.proxy != nullptr;
  if (!ramp) return config.maxconn;
  const std::uint32_t connections = server.backend->backend_connections.load(std::memory_order_relaxed);
  const std::uint32_t full = server.proxy->fullconn;
  if (full == 0) return config.minconn;  // not known, but surely many
  if (connections >= full) return config.maxconn;
  const auto share = std::uint64_t{connections} * config.maxconn / full;
  return std::max(config.minconn, static_cast<std::uint32_t>(share));
}

}  // namespace

std::uint32_t dynamic_limit(const BalancedServer& server) {
  if (server.config->maxconn == 0) return unlimited;
  const std::uint32_t limit = by_load(*server.config, server);
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
