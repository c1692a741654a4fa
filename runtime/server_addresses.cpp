// What name servers say of servers, in the order and the words in which HAProxy tells it.
#include <fmt/core.h>

#include "graph/server_name.hpp"
#include "runtime/server_journal.hpp"

namespace shunt::runtime {
namespace {

std::string address_text(const fetchers::Endpoint& address) {
  return address.family == fetchers::Family::none ? "(none)" : fetchers::to_string(address);
}

}  // namespace

void ServerJournal::moved(const graph::Server& server, const fetchers::Endpoint& to, std::string_view by) {
  route::ServerState& now = state().server(server.id);
  const std::string from = address_text(now.nameless.load() ? fetchers::Endpoint{} : now.address.load());
  now.address.store(to);
  log_and_warn(backend(server), graph::LogLevel::notice,
               fmt::format("{} changed its IP from {} to {} by {}.", qualified_name(graph(), server), from,
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
  const std::string here = fmt::format(" via {}", qualified_name(graph(), server));
  for (const graph::ServerId follower : followers_[server.id])
    go_nameless(graph().servers[follower], why, here);
}

bool ServerJournal::found_address(const graph::Server& server, std::string_view host, bool answered) {
  const graph::Proxy& proxy = backend(server);
  route::ServerState& now = state().server(server.id);
  now.lack_address(false);
  const bool back = !now.maintenance.load();
  if (back) {
    come_back(server, now.agent_up.load(), fmt::format("{} ('{}')", full_name(graph(), server), host),
              "resolves again");
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
                             qualified_name(graph(), server)));
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
    come_back(follower, state().server(server.id).up.load(), full_name(graph(), follower),
              "leaving maintenance");
    follow_back(follower);
  }
}

void ServerJournal::hosted(const graph::Server& server, std::string_view host) {
  log(backend(server), graph::LogLevel::notice,
      fmt::format("{} changed its FQDN from (null) to {} by 'SRV record'", qualified_name(graph(), server),
                  host));
}

void ServerJournal::weighs(const graph::Server& server, std::uint32_t weight) {
  if (state().server(server.id).weight.exchange(weight) != weight) state().server_changed(graph(), server.id);
}

}  // namespace shunt::runtime
