// What is checked, when first, and how long it may take: read off the graph, without sockets.
#pragma once
#include <chrono>
#include <optional>
#include <vector>

#include "graph/graph.hpp"
#include "runtime/health_counter.hpp"
#include "runtime/socket_address.hpp"

namespace shunt::runtime {

struct PlannedCheck {
  graph::ServerId server = 0;
  bool agent = false;                  // its agent is asked
  std::chrono::milliseconds first{0};  // after the start: checks are spread over their interval
};

// In the order of the configuration.
[[nodiscard]] std::vector<PlannedCheck> plan_checks(const graph::Graph& graph);

[[nodiscard]] CheckIntervals check_intervals(const graph::Check& check);
// The limit of the connect: `timeout check` frees the exchange after it from the interval, not the connect
// itself.
[[nodiscard]] std::chrono::milliseconds connect_limit(const graph::Check& check,
                                                      const graph::Timeouts& timeouts);
// Where the check of a server that is at `address` goes. size 0: nowhere (no address yet).
[[nodiscard]] SocketAddress check_target(const graph::Server& server, const fetchers::Endpoint& address);
// The PROXY header that the check sends, if any.
[[nodiscard]] graph::SendProxy check_send_proxy(const graph::Server& server);
// That header's bytes. `from`, `to`: the two ends of the check's own connection.
[[nodiscard]] std::string check_proxy_header(graph::SendProxy version, const SocketAddress& from,
                                             const SocketAddress& to);

}  // namespace shunt::runtime
