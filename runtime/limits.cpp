// Descriptor limits: how many connections fit, how many descriptors they need.
#include "runtime/limits.hpp"

#include <sched.h>
#include <sys/resource.h>

#include <algorithm>

namespace shunt::runtime {
namespace {

constexpr std::uint32_t per_thread = 6;  // io_context (epoll, event, timer), engine, log sockets
constexpr std::uint32_t spare = 16;      // stdio, pid file, keeper, signals, files read late
constexpr std::uint32_t per_connection = 2;
constexpr std::uint32_t fewest_connections = 10;
// Without a limit from the system a billion descriptors would be asked for.
constexpr std::uint64_t largest_default = 1'048'576;

}  // namespace

DescriptorPlan plan_descriptors(const DescriptorNeed& need, std::uint64_t available) {
  DescriptorPlan plan{.maxconn = need.maxconn, .descriptors = need.ulimit_n};
  const std::uint64_t fixed = need.fixed + 2ULL * need.maxpipes;
  if (plan.maxconn == 0) {
    const std::uint64_t limit = std::min(available, largest_default);  // whatever `ulimit-n` says [seen]
    const std::uint64_t left = limit > fixed ? limit - fixed : 0;
    plan.maxconn =
        static_cast<std::uint32_t>(std::max<std::uint64_t>(left / per_connection, fewest_connections));
  }
  plan.needed = fixed + std::uint64_t{per_connection} * plan.maxconn;
  if (plan.descriptors == 0) plan.descriptors = plan.needed;
  return plan;
}

std::uint32_t fixed_descriptors(const graph::Graph& graph, std::uint32_t threads) {
  std::int64_t checks = 0;
  for (const graph::Server& server : graph.servers)
    checks += static_cast<int>(server.check.enabled) + static_cast<int>(server.agent.enabled);
  std::size_t name_servers = 0;
  for (const graph::Resolvers& section : graph.resolvers) name_servers += section.servers.size();
  const std::size_t listening = graph.listeners.size() * threads + graph.global.stats_sockets.size() * 2;
  return static_cast<std::uint32_t>(listening + name_servers + static_cast<std::size_t>(checks)) +
         threads * per_thread + spare;
}

std::uint64_t hard_descriptor_limit() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : 0;
}

std::uint64_t descriptor_limit() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

std::optional<std::uint64_t> raise_descriptor_limit(std::uint64_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  if (limit.rlim_cur >= wanted) return std::nullopt;
  const rlimit raised{wanted, std::max<rlim_t>(limit.rlim_max, wanted)};
  if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) return std::nullopt;
  limit.rlim_cur = limit.rlim_max;  // as far as it goes
  static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
  return limit.rlim_cur >= wanted ? std::nullopt : std::optional<std::uint64_t>(limit.rlim_cur);
}

std::uint32_t thread_count(std::uint32_t nbthread) {
  if (nbthread != 0) return nbthread;
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  return static_cast<std::uint32_t>(std::max(1, CPU_COUNT(&set)));
}

}  // namespace shunt::runtime
