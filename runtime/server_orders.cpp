// Maintenance, drain, weights and limits that come from agents, in the order in which HAProxy tells them.
#include <fmt/core.h>

#include <algorithm>

#include "graph/server_name.hpp"
#include "runtime/server_journal.hpp"

namespace shunt::runtime {
namespace {

using Order = AgentAnswer::Order;

// `stopping`: it is drained because its checks say so, not by an order.
Order standing_order(const route::ServerState& server, bool stopping) {
  if (server.ordered_away.load()) return Order::maintenance;
  return server.draining.load() && !stopping ? Order::drain : Order::ready;
}

// Maps and static-rr are made for the weights of the file.
bool is_static(const graph::Balance& balance) {
  using enum graph::BalanceKind;
  if (balance.kind == static_rr) return true;
  return (balance.kind == source || balance.kind == hash || balance.kind == rdp_cookie) &&
         !balance.hash.consistent;
}

}  // namespace

bool ServerJournal::order(const graph::Server& server, Order wanted) {
  const bool away = state().server(server.id).maintenance.load();
  follow_order(server, wanted, {});
  return away && wanted != Order::maintenance;
}

void ServerJournal::follow_order(const graph::Server& server, Order wanted, std::string_view via) {
  const graph::Proxy& proxy = backend(server);
  route::ServerState& now = state().server(server.id);
  const Order before = standing_order(now, stopping(server.id));
  if (before == wanted) return;
  stopping_.erase(server.id);
  const bool was_usable = now.usable();
  now.order_away(wanted == Order::maintenance);
  now.draining.store(wanted == Order::drain);
  if (wanted == Order::maintenance)
    enter_maintenance(server, before == Order::drain, via);
  else if (before == Order::maintenance)
    leave_maintenance(server, via);
  else if (wanted == Order::drain)
    enter_drain(server, via);
  else {
    state().server_changed(graph(), server.id);
    log_and_warn(proxy, graph::LogLevel::notice,
                 fmt::format("{} is {} (leaving forced drain).", full_name(graph(), server),
                             now.up.load() ? "UP" : "DOWN"));
  }
  const ServerCount left = count_servers(graph(), state(), proxy.id);
  if (was_usable && left.active + left.backup == 0) no_server(proxy);
  if (wanted == Order::maintenance && now.up.load()) apply(server, false);
  const std::string here = " via " + qualified_name(graph(), server);
  for (const graph::ServerId follower : followers_[server.id])
    if (!graph().servers[follower].disabled) follow_order(graph().servers[follower], wanted, here);
}

void ServerJournal::enter_maintenance(const graph::Server& server, bool was_drained, std::string_view via,
                                      std::string_view why) {
  route::ServerState& now = state().server(server.id);
  const std::string name = full_name(graph(), server);
  StateChange change{.up = false};
  change.requeued = state().server_changed(graph(), server.id);
  change.left = count_servers(graph(), state(), server.backend);
  change.sessions = now.served.load();
  change.queued = now.queued.load();
  if (!now.up.load())
    return log_and_warn(backend(server), graph::LogLevel::notice,
                        fmt::format("{} was DOWN and now enters maintenance{}{}.", name, why, via));
  log_and_warn(backend(server), was_drained ? graph::LogLevel::notice : graph::LogLevel::alert,
               fmt::format("{} is going DOWN for maintenance{}{}{}", name, why, via, consequences(change)));
}

void ServerJournal::come_back(const graph::Server& server, bool up, std::string_view name,
                              std::string_view how) {
  route::ServerState& now = state().server(server.id);
  now.check_up.store(true);
  now.up.store(up);
  if (up) start_slowly(server);
  state().server_changed(graph(), server.id);
  log_and_warn(backend(server), graph::LogLevel::notice,
               fmt::format("{} is {}/{} ({}).", name, up ? "UP" : "DOWN",
                           now.draining.load() ? "DRAIN" : "READY", how));
}

void ServerJournal::leave_maintenance(const graph::Server& server, std::string_view via) {
  const bool tracking = !via.empty();
  const route::ServerState& now = state().server(server.id);
  come_back(server, tracking ? state().server(server.tracked).up.load() : now.agent_up.load(),
            full_name(graph(), server), tracking ? "leaving maintenance" : "leaving forced maintenance");
  if (tracking && now.draining.load())
    log_and_warn(backend(server), graph::LogLevel::notice,
                 fmt::format("{} is leaving forced drain but remains in drain mode{}.",
                             full_name(graph(), server), via));
  else
    tell_of_drain(server);
}

void ServerJournal::enter_drain(const graph::Server& server, std::string_view via) {
  route::ServerState& now = state().server(server.id);
  StateChange change{.up = now.up.load()};
  change.requeued = state().server_changed(graph(), server.id);
  change.left = count_servers(graph(), state(), server.backend);
  change.sessions = now.served.load();
  change.queued = now.queued.load();
  log_and_warn(
      backend(server), graph::LogLevel::notice,
      fmt::format("{} enters drain state{}{}", full_name(graph(), server), via, consequences(change)));
}

void ServerJournal::tell_of_drain(const graph::Server& server) {
  if (!state().server(server.id).draining.load()) return;
  log_and_warn(backend(server), graph::LogLevel::notice,
               full_name(graph(), server) + " remains in forced drain mode.");
}

std::string_view ServerJournal::set_weight(const graph::Server& server, std::uint32_t percent) {
  const graph::Proxy& proxy = backend(server);
  if (percent != 0 && percent != 100 && is_static(proxy.balance))
    return "Backend is using a static LB algorithm and only accepts weights '0%' and '100%'.\n";
  constexpr std::uint64_t most = 256;
  const auto weight =
      static_cast<std::uint32_t>(std::min(std::uint64_t{server.weight} * percent / 100, most));
  route::ServerState& now = state().server(server.id);
  const bool was_usable = now.usable();
  if (now.weight.exchange(weight) == weight) return {};
  state().server_changed(graph(), server.id);
  const ServerCount left = count_servers(graph(), state(), proxy.id);
  if (was_usable && left.active + left.backup == 0) no_server(proxy);
  if (!now.maintenance.load()) tell_of_drain(server);
  return {};
}

void ServerJournal::set_maxconn(const graph::Server& server, std::uint32_t maxconn) {
  if (state().server(server.id).maxconn.exchange(maxconn) != maxconn)
    state().server_changed(graph(), server.id);
}

}  // namespace shunt::runtime
