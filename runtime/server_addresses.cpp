// What name servers say of servers, in the order and the words in which HAProxy tells it.
#include <fmt/core.h>

#include "runtime/server_journal.hpp"

namespace shunt::runtime {
namespace {

std::string address_text(const fetchers::Endpoint& address) {
  return address.family == fetchers::Family::none ? "(none)" : fetchers::to_string(address);
}

std::string plain_name(const graph::Graph& graph, const graph::Server& server) {
  return fmt::format("{}/{}", graph.proxies[server.backend].name, server.name);
}

}  // namespace

void ServerJournal::moved(const graph::Server& server, const fetchers::Endpoint& to, std::string_view by) {
  route::ServerState& now = state().server(server.id);
  const std::string from = address_text(now.nameless.load() ? fetchers::Endpoint{} : now.address.load());
  now.address.store(to);
  log_and_warn(backend(server), graph::LogLevel::notice,
               fmt::format("{} changed its IP from {} to {} by {}.", plain_name(graph(), server), from,
                           address_text(to), by));
}

void ServerJournal::lost_address(const graph::Server& server, std::string_view why) {
  state().server(server.id).address.store({});
  go_nameless(server, fmt::format(" ({})", why), {});
}

// One that was ordered away already only lacks its address, too.
void ServerJournal::go_nameless(const graph::Server& server, std::string_view why, std::string_view via) {
  const graph::Proxy& proxy = backend(server);
  route::ServerState& now = state().server(server.id);
  if (now.nameless.load()) return;
  const bool was_away = now.maintenance.load(), was_usable = now.usable(), was_drained = now.draining.load();
  now.lack_address(true);
  if (was_away) return;
  enter_maintenance(server, was_drained, via, why);
  const ServerCount left = count_servers(graph(), state(), proxy.id);
  if (was_usable && left.active + left.backup == 0) no_server(proxy);
  if (now.up.load()) apply(server, false);
  const std::string here = fmt::format(" via {}", plain_name(graph(), server));
  for (const graph::ServerId follower : followers_[server.id])
    go_nameless(graph().servers[follower], why, here);
}

bool ServerJournal::found_address(const graph::Server& server, std::string_view host, bool answered) {
  const graph::Proxy& proxy = backend(server);
  route::ServerState& now = state().server(server.id);
  now.lack_address(false);
  const bool back = !now.maintenance.load();
  if (back) {
    now.check_up.store(true);
    now.up.store(now.agent_up.load());
    if (now.up.load()) start_slowly(server);
    state().server_changed(graph(), server.id);
    log_and_warn(proxy, graph::LogLevel::notice,
                 fmt::format("{} ('{}') is {}/{} (resolves again).", full_name(graph(), server), host,
                             now.up.load() ? "UP" : "DOWN", now.draining.load() ? "DRAIN" : "READY"));
    tell_of_drain(server);
    follow_back(server);
  } else {
    log_and_warn(proxy, graph::LogLevel::notice,
                 fmt::format("{} ('{}') resolves again but remains in maintenance.",
                             full_name(graph(), server), host));
  }
  if (answered)
    log_and_warn(proxy, graph::LogLevel::notice,
                 fmt::format("Server {} administratively READY thanks to valid DNS answer.",
                             plain_name(graph(), server)));
  return back;
}

// Those that track a server are back when it is.
void ServerJournal::follow_back(const graph::Server& server) {
  for (const graph::ServerId id : followers_[server.id]) {
    const graph::Server& follower = graph().servers[id];
    route::ServerState& now = state().server(id);
    if (!now.nameless.load()) continue;
    now.lack_address(false);
    if (now.maintenance.load()) continue;
    now.check_up.store(true);
    now.up.store(state().server(server.id).up.load());
    if (now.up.load()) start_slowly(follower);
    state().server_changed(graph(), id);
    log_and_warn(backend(follower), graph::LogLevel::notice,
                 fmt::format("{} is {}/{} (leaving maintenance).", full_name(graph(), follower),
                             now.up.load() ? "UP" : "DOWN", now.draining.load() ? "DRAIN" : "READY"));
    follow_back(follower);
  }
}

void ServerJournal::hosted(const graph::Server& server, std::string_view host) {
  log(backend(server), graph::LogLevel::notice,
      fmt::format("{} changed its FQDN from (null) to {} by 'SRV record'", plain_name(graph(), server),
                  host));
}

void ServerJournal::weighs(const graph::Server& server, std::uint32_t weight) {
  if (state().server(server.id).weight.exchange(weight) != weight) state().server_changed(graph(), server.id);
}

}  // namespace shunt::runtime
