// What is checked, when first, and how long it may take.
#include "runtime/health_plan.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace shunt::runtime {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds long_interval{1000};

milliseconds starting_interval(const graph::Check& check) {
  return next_interval(check_intervals(check), HealthCounter(check.rise, check.fall));
}

// The smallest interval of a second or more, 0 without one: what short intervals are stretched to for the
// first round.
milliseconds spread_interval(const std::vector<milliseconds>& intervals) {
  milliseconds smallest{0};
  for (const milliseconds interval : intervals) {
    if (interval >= long_interval && (smallest == milliseconds(0) || interval < smallest))
      smallest = interval;
  }
  return smallest;
}

}  // namespace

std::vector<PlannedCheck> plan_checks(const graph::Graph& graph) {
  std::vector<PlannedCheck> plan;
  std::vector<milliseconds> intervals;
  for (const graph::Server& server : graph.traffic_servers()) {
    if (graph.proxies[server.backend].disabled) continue;
    if (server.check.enabled) {
      plan.push_back({.server = server.id});
      intervals.push_back(starting_interval(server.check));
    }
    if (server.agent.enabled) {
      plan.push_back({.server = server.id, .agent = true});
      intervals.push_back(server.agent.inter);
    }
  }
  const milliseconds spread = spread_interval(intervals);
  for (std::size_t i = 0; i < plan.size(); ++i) {
    plan[i].first = std::max(spread, intervals[i]) * i / plan.size();
  }
  return plan;
}

CheckIntervals check_intervals(const graph::Check& check) {
  return {check.inter, check.fastinter, check.downinter};
}

milliseconds connect_limit(const graph::Check& check, const graph::Timeouts& timeouts) {
  if (!timeouts.check || !timeouts.connect) return check.inter;
  return std::min(*timeouts.connect, check.inter);
}

SocketAddress check_target(const graph::Server& server, const fetchers::Endpoint& address) {
  using parser::AddressFamily;
  const bool local = server.address.family == AddressFamily::unix_path ||
                     server.address.family == AddressFamily::abstract_socket;
  if (!server.check.address && local) return to_socket_address(server.address, 0);
  fetchers::Endpoint target = server.check.address.value_or(address);
  if (server.check.port != 0) target.port = server.check.port;
  if (target.port == 0) target.port = address.port;
  return to_socket_address(target);
}

graph::SendProxy check_send_proxy(const graph::Server& server) {
  const bool own_address = server.check.port == 0 && !server.check.address;
  if (!own_address && !server.check.send_proxy) return graph::SendProxy::none;
  if (server.send_proxy == graph::SendProxy::none && server.check.send_proxy) return graph::SendProxy::v1;
  return server.send_proxy;
}

std::string check_proxy_header(graph::SendProxy version, const SocketAddress& from, const SocketAddress& to) {
  using namespace std::string_literals;
  if (version == graph::SendProxy::none) return {};
  if (version == graph::SendProxy::v2) return "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"s;
  if (from.family() == AF_UNIX) return "PROXY UNKNOWN\r\n";
  const fetchers::Endpoint source = to_endpoint(from), target = to_endpoint(to);
  return fmt::format("PROXY {} {} {} {} {}\r\n", from.family() == AF_INET6 ? "TCP6" : "TCP4",
                     fetchers::to_string(source), fetchers::to_string(target), source.port, target.port);
}

}  // namespace shunt::runtime
