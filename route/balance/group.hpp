// Which servers of a backend take part in a choice: the usable active ones, else backups.
#pragma once
#include <span>
#include <vector>

#include "route/balance/balancer.hpp"
#include "route/limits.hpp"

namespace shunt::route {

// The weight unit of the dynamic algorithms and the number of points on the ring: 16 per unit of weight.
[[nodiscard]] inline std::uint32_t scaled_weight(const BalancedServer& server) {
  return server.state->ramp.load(std::memory_order_relaxed) *
         server.state->weight.load(std::memory_order_relaxed);
}

[[nodiscard]] inline bool is_usable(const BalancedServer& server) { return server.state->usable(); }

// Usable servers with (or without) `backup`, in order of declaration.
[[nodiscard]] inline std::vector<std::uint32_t> usable_of(std::span<const BalancedServer> servers,
                                                          bool backup) {
  std::vector<std::uint32_t> found;
  for (std::uint32_t i = 0; i < servers.size(); ++i)
    if (servers[i].config->backup == backup && is_usable(servers[i])) found.push_back(i);
  return found;
}

// The first usable backup server: the only one in use without `option allbackups`.
[[nodiscard]] inline std::uint32_t first_backup(std::span<const BalancedServer> servers) {
  for (std::uint32_t i = 0; i < servers.size(); ++i)
    if (servers[i].config->backup && is_usable(servers[i])) return i;
  return Balancer::nobody;
}

// The same, if it has a free slot.
[[nodiscard]] inline std::uint32_t free_backup(std::span<const BalancedServer> servers) {
  const std::uint32_t found = first_backup(servers);
  return found == Balancer::nobody || is_full(servers[found]) ? Balancer::nobody : found;
}

// The group in use: active servers; if there is none, all usable backups or only the first of them.
[[nodiscard]] inline std::vector<std::uint32_t> group_in_use(std::span<const BalancedServer> servers,
                                                             bool allbackups) {
  std::vector<std::uint32_t> group = usable_of(servers, false);
  if (!group.empty()) return group;
  group = usable_of(servers, true);
  if (!allbackups && group.size() > 1) group.resize(1);
  return group;
}

}  // namespace shunt::route
