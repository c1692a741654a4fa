// What the process says about its proxies.
#include "runtime/proxy_reports.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "graph/server_name.hpp"
#include "runtime/bind_finding.hpp"
#include "runtime/server_count.hpp"

namespace shunt::runtime {
namespace {

std::string describe_connections(const route::ProxyState& proxy, std::uint32_t pending) {
  return fmt::format("Conn: act(FE+BE): {}+{}, {} pend ({} unass), tot(FE+BE): {}+{}.",
                     proxy.frontend_connections.load(), proxy.backend_connections.load(), pending, 0,
                     proxy.frontend_total.load(), proxy.backend_total.load());
}

std::string describe_servers(const graph::Proxy& proxy, const ServerCount& count) {
  if (proxy.server_count == 0) return "has no servers.";
  if (count.active + count.backup == 0) return "has no server available !";
  if (count.active == 0) return "is running on backup servers !";
  return fmt::format("has {} active servers and {} backup servers available.", count.active, count.backup);
}

const int unix_turn = protocol_order(parser::AddressFamily::unix_path);

// What happens to the listeners happens protocol by protocol; a proxy's turn is that of its last one.
int turn(const graph::Graph& graph, const graph::Proxy& proxy) {
  int last = 0;
  for (std::uint32_t i = 0; i < proxy.listener_count; ++i)
    last = std::max(last, protocol_order(graph.listeners[proxy.first_listener + i].address.family));
  return last;
}

std::vector<const graph::Proxy*> listening_in_turn(const graph::Graph& graph) {
  std::vector<const graph::Proxy*> proxies;
  for (const graph::Proxy& proxy : graph.proxies)
    if (!proxy.disabled && proxy.listener_count != 0) proxies.push_back(&proxy);
  std::ranges::sort(proxies, {},
                    [&](const graph::Proxy* proxy) { return std::pair(turn(graph, *proxy), proxy->id); });
  return proxies;
}

}  // namespace

std::string describe_server(const graph::Graph& graph, const route::State& state, graph::ServerId id) {
  const graph::Server& server = graph.servers[id];
  const route::ServerState& now = state.server(id);
  const bool up = now.up.load() && !now.maintenance.load();
  return fmt::format("Server {} is {}. Conn: {} act, {} pend, {} tot.", qualified_name(graph, server),
                     up ? "UP" : "DOWN", now.served.load(), now.queued.load(), now.total.load());
}

std::string describe_proxy(const graph::Graph& graph, const route::State& state, graph::ProxyId id) {
  const graph::Proxy& proxy = graph.proxies[id];
  std::uint32_t pending = 0;
  for (std::uint32_t i = 0; i < proxy.server_count; ++i)
    pending += state.server(proxy.first_server + i).queued.load();
  return fmt::format("Proxy {} {} {}", proxy.name, describe_servers(proxy, count_servers(graph, state, id)),
                     describe_connections(state.proxy(id), pending));
}

void ProxyReports::log(const graph::Proxy& proxy, graph::LogLevel level, const std::string& line) {
  log_.send(proxy.logs, level, proxy.log_tag.empty() ? generation_.graph->global.log_tag : proxy.log_tag,
            line);
}

void ProxyReports::warn(const graph::Proxy& proxy, graph::LogLevel level, const std::string& line) {
  log(proxy, level, line);
  messages_.warning(line);
}

void ProxyReports::dump(const graph::Proxy& proxy) {
  constexpr auto level = graph::LogLevel::notice;
  log(proxy, level, fmt::format("SIGHUP received, dumping servers states for proxy {}.", proxy.name));
  for (std::uint32_t i = 0; i < proxy.server_count; ++i) {
    warn(proxy, level,
         "SIGHUP: " + describe_server(*generation_.graph, *generation_.state, proxy.first_server + i));
  }
  warn(proxy, level, "SIGHUP: " + describe_proxy(*generation_.graph, *generation_.state, proxy.id));
}

void ProxyReports::dump_server_states() {
  messages_.warning("SIGHUP received, dumping servers states.");
  for (const graph::Proxy& proxy : generation_.graph->traffic_proxies()) dump(proxy);
  log_.flush();
}

void ProxyReports::stopped(const graph::Proxy& proxy) {
  const route::ProxyState& state = generation_.state->proxy(proxy.id);
  warn(proxy, graph::LogLevel::warning,
       fmt::format("Proxy {} stopped (cumulated conns: FE: {}, BE: {}).", proxy.name,
                   state.frontend_total.load(), state.backend_total.load()));
}

// Those with listeners stop first, and with them the reason for the others to go on.
void ProxyReports::proxies_stopped() {
  for (const graph::Proxy* proxy : listening_in_turn(*generation_.graph))
    if (!proxy->is_peers) stopped(*proxy);
  for (const graph::Proxy& proxy : generation_.graph->traffic_proxies()) {
    if (!proxy.disabled && proxy.listener_count == 0) stopped(proxy);
  }
  log_.flush();
}

void ProxyReports::announce(std::string_view what) {
  const graph::Graph& graph = *generation_.graph;
  const auto say_global = [&] {
    if (!graph.global.stats_sockets.empty()) messages_.warning(fmt::format("{} frontend GLOBAL.", what));
  };
  const auto proxies = listening_in_turn(graph);
  const auto first_of_unix = std::ranges::find_if(
      proxies, [&](const graph::Proxy* proxy) { return turn(graph, *proxy) == unix_turn; });
  for (auto at = proxies.begin();; ++at) {
    if (at == first_of_unix) say_global();
    if (at == proxies.end()) break;
    warn(**at, graph::LogLevel::warning,
         fmt::format("{} {} {}.", what, (*at)->is_backend || (*at)->is_peers ? "proxy" : "frontend", (*at)->name));
  }
  log_.flush();
}

void ProxyReports::not_resumed(graph::ListenerId listener) {
  const graph::Listener& address = generation_.graph->listeners[listener];
  warn(generation_.graph->proxies[address.frontend], graph::LogLevel::warning,
       fmt::format("Cannot listen again on {}.", parser::to_string(address.address)));
}

void ProxyReports::proxies_paused() { announce("Paused"); }
void ProxyReports::proxies_resumed() { announce("Resumed"); }

void ProxyReports::end_of_patience() {
  const std::string line = "soft-stop running for too long, performing a hard-stop.";
  log_.send(generation_.graph->global.logs, graph::LogLevel::warning, generation_.graph->global.log_tag,
            line);
  log_.flush();
  messages_.warning(line);
}

void ProxyReports::hard_stop() {
  end_of_patience();
  for (const graph::Proxy& proxy : generation_.graph->traffic_proxies()) {
    const std::uint32_t open = generation_.state->proxy(proxy.id).frontend_connections.load();
    if (open == 0) continue;
    warn(proxy, graph::LogLevel::warning,
         fmt::format("Proxy {} hard-stopped ({} remaining conns will be closed).", proxy.name, open));
  }
  log_.flush();
}

}  // namespace shunt::runtime
