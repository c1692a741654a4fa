// Reads of the shared state for fetches.
#include "route/proxies_view.hpp"

#include <charconv>

namespace shunt::route {
namespace {

constexpr auto relaxed = std::memory_order_relaxed;

std::int64_t room(std::uint32_t limit, std::uint32_t used) { return limit > used ? limit - used : 0; }

}  // namespace

std::optional<std::int64_t> timeout_of(const graph::Proxy& proxy, fetchers::TimeoutKind kind) {
  using fetchers::TimeoutKind;
  const auto chosen = [&]() -> std::optional<graph::Milliseconds> {
    switch (kind) {
      case TimeoutKind::client: return proxy.timeouts.client;
      case TimeoutKind::server: return proxy.timeouts.server;
      case TimeoutKind::connect: return proxy.timeouts.connect;
      case TimeoutKind::queue: return proxy.timeouts.queue;
      case TimeoutKind::tunnel: return proxy.timeouts.tunnel;
      case TimeoutKind::tarpit: return std::nullopt;
    }
    return std::nullopt;
  }();
  return chosen ? std::optional<std::int64_t>(chosen->count()) : std::nullopt;
}

std::uint32_t StateProxiesView::usable_servers(std::uint32_t backend) const {
  return find(backend) != nullptr ? state_.usable_servers(graph_, backend) : 0;
}

std::uint32_t StateProxiesView::frontend_connections(std::uint32_t frontend) const {
  return find(frontend) != nullptr ? state_.proxy(frontend).frontend_connections.load(relaxed) : 0;
}

std::uint32_t StateProxiesView::backend_connections(std::uint32_t backend) const {
  return find(backend) != nullptr ? state_.proxy(backend).backend_connections.load(relaxed) : 0;
}

std::uint32_t StateProxiesView::listener_connections(std::uint32_t listener) const {
  return listener < graph_.listeners.size() ? state_.listener(listener).load(relaxed) : 0;
}

std::uint32_t StateProxiesView::frontend_session_rate(std::uint32_t frontend) const {
  return find(frontend) != nullptr ? state_.proxy(frontend).frontend_sessions.per_second(now()) : 0;
}

std::uint32_t StateProxiesView::backend_session_rate(std::uint32_t backend) const {
  return find(backend) != nullptr ? state_.proxy(backend).backend_sessions.per_second(now()) : 0;
}

std::uint32_t StateProxiesView::queued(std::uint32_t backend) const {
  const graph::Proxy* proxy = find(backend);
  if (proxy == nullptr) return 0;
  std::uint32_t sum = state_.proxy(backend).queued.load(relaxed);
  for (std::uint32_t id = proxy->first_server; id < proxy->first_server + proxy->server_count; ++id)
    sum += state_.server(id).queued.load(relaxed);
  return sum;
}

// Of the servers that are chosen among; one without a limit makes the sum meaningless.
std::int64_t StateProxiesView::free_connections(std::uint32_t backend) const {
  const graph::Proxy* proxy = find(backend);
  if (proxy == nullptr) return 0;
  const bool backups = state_.count_usable(graph_, backend, false) == 0;
  std::int64_t sum = 0;
  for (std::uint32_t id = proxy->first_server; id < proxy->first_server + proxy->server_count; ++id) {
    const graph::Server& server = graph_.servers[id];
    if (server.backup != backups || !state_.server(id).usable()) continue;
    const std::uint32_t maxconn = state_.server(id).maxconn.load(relaxed);
    if (maxconn == 0) return -1;
    sum += room(maxconn, state_.server(id).served.load(relaxed));
  }
  return sum;
}

// Of all servers that are up, with the places in their lines.
std::int64_t StateProxiesView::free_slots(std::uint32_t backend) const {
  const graph::Proxy* proxy = find(backend);
  if (proxy == nullptr) return 0;
  std::int64_t sum = 0;
  for (std::uint32_t id = proxy->first_server; id < proxy->first_server + proxy->server_count; ++id) {
    const graph::Server& server = graph_.servers[id];
    const ServerState& state = state_.server(id);
    if (!state.up.load(relaxed) || state.maintenance.load(relaxed)) continue;
    const std::uint32_t maxconn = state.maxconn.load(relaxed);
    if (maxconn == 0 || server.maxqueue == 0) return -1;
    sum += room(maxconn, state.served.load(relaxed)) + room(server.maxqueue, state.queued.load(relaxed));
  }
  return sum;
}

fetchers::ServerFacts StateProxiesView::server(std::uint32_t server) const {
  if (server >= graph_.servers.size()) return {};
  const graph::Server& line = graph_.servers[server];
  const ServerState& state = state_.server(server);
  const std::uint32_t weight = state.weight.load(relaxed);
  return {.name = line.name,
          .number = line.number,
          .up = state.up.load(relaxed) && !state.maintenance.load(relaxed),
          .weight = weight,
          .user_weight = weight,
          .first_weight = line.weight,
          .connections = state.served.load(relaxed),
          .queued = state.queued.load(relaxed),
          .session_rate = state.sessions.per_second(now()),
          .max_connections = state.maxconn.load(relaxed),
          .max_queue = line.maxqueue};
}

// One after the other: whoever asks by name does so rarely.
std::optional<std::uint32_t> StateProxiesView::named(std::string_view wanted,
                                                     bool graph::Proxy::* side) const {
  std::uint32_t number = 0;
  const bool by_number =
      wanted.starts_with('#') &&
      std::from_chars(wanted.data() + 1, wanted.data() + wanted.size(), number).ec == std::errc();
  for (const graph::Proxy& proxy : graph_.proxies)
    if (proxy.*side && (by_number ? proxy.number == number : proxy.name == wanted)) return proxy.id;
  return std::nullopt;
}

std::optional<std::uint32_t> StateProxiesView::frontend_named(std::string_view wanted) const {
  return named(wanted, &graph::Proxy::is_frontend);
}

std::optional<std::uint32_t> StateProxiesView::backend_named(std::string_view wanted) const {
  return named(wanted, &graph::Proxy::is_backend);
}

std::optional<std::uint32_t> StateProxiesView::server_named(std::uint32_t backend,
                                                            std::string_view wanted) const {
  const graph::Proxy* proxy = find(backend);
  if (proxy == nullptr) return std::nullopt;
  for (std::uint32_t id = proxy->first_server; id < proxy->first_server + proxy->server_count; ++id)
    if (graph_.servers[id].name == wanted) return id;
  return std::nullopt;
}

std::string_view StateProxiesView::name(std::uint32_t proxy) const {
  return find(proxy) != nullptr ? std::string_view(find(proxy)->name) : std::string_view();
}

std::uint32_t StateProxiesView::number(std::uint32_t proxy) const {
  return find(proxy) != nullptr ? find(proxy)->number : 0;
}

std::string_view StateProxiesView::default_backend(std::uint32_t frontend) const {
  const graph::Proxy* proxy = find(frontend);
  return proxy == nullptr || proxy->default_backend == graph::none || proxy->default_backend == frontend
             ? std::string_view()
             : name(proxy->default_backend);
}

std::optional<std::int64_t> StateProxiesView::timeout(std::uint32_t proxy, fetchers::TimeoutKind kind) const {
  const graph::Proxy* found = find(proxy);
  if (found == nullptr) return std::nullopt;
  const bool of_its_kind = kind == fetchers::TimeoutKind::client ? found->is_frontend : found->is_backend;
  return of_its_kind ? timeout_of(*found, kind) : std::nullopt;
}

std::uint32_t StateProxiesView::retries(std::uint32_t backend) const {
  return find(backend) != nullptr ? find(backend)->retries : 0;
}

}  // namespace shunt::route
