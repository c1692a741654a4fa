// Descriptor limits: how many connections fit, how many descriptors they need, and raising RLIMIT_NOFILE to
// that.
#pragma once
#include <cstdint>
#include <optional>

#include "graph/graph.hpp"

namespace shunt::runtime {

// Everything that decides the need; pure, so that it can be tabled in a test.
struct DescriptorNeed {
  std::uint32_t maxconn = 0;   // 0: as many as `available` allows
  std::uint32_t ulimit_n = 0;  // 0: computed
  std::uint32_t fixed = 0;     // everything but connections
  std::uint32_t maxpipes = 0;
};

struct DescriptorPlan {
  std::uint32_t maxconn = 0;
  std::uint64_t descriptors = 0;  // what to raise the limit to: `ulimit-n` or `needed`
  std::uint64_t needed = 0;
};

// Two descriptors per connection. `available`: what the limit can be raised to.
[[nodiscard]] DescriptorPlan plan_descriptors(const DescriptorNeed& need, std::uint64_t available);

// Listeners, threads, log sockets, checks and spares of this graph.
[[nodiscard]] std::uint32_t fixed_descriptors(const graph::Graph& graph, std::uint32_t threads);

// The limits now in force: the hard one, and the one that counts.
[[nodiscard]] std::uint64_t hard_descriptor_limit();
[[nodiscard]] std::uint64_t descriptor_limit();
// Raises the soft limit, and the hard one if it must and may. Returns the limit in force if that is too low.
[[nodiscard]] std::optional<std::uint64_t> raise_descriptor_limit(std::uint64_t wanted);

// `nbthread`, or one per processor that this process may use.
[[nodiscard]] std::uint32_t thread_count(std::uint32_t nbthread);

}  // namespace shunt::runtime
