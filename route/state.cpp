// Making and updating the shared state of proxies and servers.
#include "route/state.hpp"

#include <algorithm>
#include <string>

#include "route/balance/balancer.hpp"
#include "route/balance/group.hpp"
#include "route/slots.hpp"
#include "route/stick_table.hpp"

namespace shunt::route {
namespace {

std::shared_ptr<ServerState> make_server(const graph::Server& server) {
  auto state = std::make_shared<ServerState>();
  state->weight = server.weight;
  state->maxconn = server.maxconn;
  state->order_away(server.disabled);
  state->up =
      server.init_state != graph::InitState::down && server.init_state != graph::InitState::fully_down;
  if (server.saved) {
    state->weight = server.saved->weight;
    state->order_away(server.saved->maintenance);
    state->draining = server.saved->draining;
    state->up = server.saved->up;
  }
  state->check_up = state->up.load();
  state->address.store(server.endpoint);
  return state;
}

// Those of peers sections may be called as another proxy is.
std::string proxy_key(const graph::Proxy& proxy) {
  return proxy.is_peers ? "peers " + proxy.name : proxy.name;
}

std::string server_key(const graph::Graph& graph, const graph::Server& server) {
  return proxy_key(graph.proxies[server.backend]) + '/' + server.name;
}

std::string listener_key(const graph::Graph& graph, const graph::Listener& listener) {
  return proxy_key(graph.proxies[listener.frontend]) + ' ' + parser::to_string(listener.address);
}

// By whose checks a server is up or down: its own, or those of whom it tracks, who may track somebody in
// turn.
graph::ServerId judge_of(const graph::Graph& graph, graph::ServerId server) {
  while (graph.servers[server].tracked != graph::none) server = graph.servers[server].tracked;
  return server;
}

// Kept where the identity is known, else made. Nothing is kept for two.
template <class Known, class Make>
auto kept_or_made(Known& known, const std::string& key, const Make& make) {
  const auto found = known.extract(key);
  return found ? std::move(found.mapped()) : make();
}

}  // namespace

// What a generation has, by what it is called.
struct State::Identities {
  explicit Identities(const State& state);

  std::unordered_map<std::string, std::shared_ptr<ProxyState>> proxies;
  std::unordered_map<std::string, std::shared_ptr<ServerState>> servers;
  std::unordered_map<std::string, std::shared_ptr<std::atomic<std::uint32_t>>> listeners;
  std::unordered_map<std::string, const graph::Server*> lines;
  std::unordered_map<std::string, std::pair<std::shared_ptr<StickTable>, const graph::StickTable*>> tables;
};

State::Identities::Identities(const State& state) {
  const graph::Graph& graph = state.graph_;
  for (const graph::Proxy& proxy : graph.proxies) proxies.emplace(proxy_key(proxy), state.proxies_[proxy.id]);
  for (const graph::Server& server : graph.servers) {
    const std::string key = server_key(graph, server);
    servers.emplace(key, state.servers_[server.id]);
    lines.emplace(key, &server);
  }
  for (const graph::StickTable& table : graph.tables)
    tables.emplace(table.name, std::pair(state.tables_[table.id], &table));
  for (const graph::Listener& listener : graph.listeners)
    listeners.emplace(listener_key(graph, listener), state.listeners_[listener.id]);
}

State::State(const graph::Graph& graph)
    : graph_(graph),
      process_(std::make_shared<ProcessState>()),
      connections(process_->connections),
      requests(process_->requests),
      sessions(process_->sessions),
      variables(graph.global.tune.variables) {
  for (const graph::Server& server : graph.servers) servers_.push_back(make_server(server));
  for (std::size_t i = 0; i < graph.proxies.size(); ++i) proxies_.push_back(std::make_shared<ProxyState>());
  for (std::size_t i = 0; i < graph.listeners.size(); ++i)
    listeners_.push_back(std::make_shared<std::atomic<std::uint32_t>>(0));
  for (const graph::StickTable& table : graph.tables) tables_.push_back(std::make_shared<StickTable>(table));
  for (const graph::Server& server : graph.servers) follow(server.id);
  install();
}

State::State(const graph::Graph& graph, const State& before)
    : graph_(graph),
      process_(before.process_),
      connections(process_->connections),
      requests(process_->requests),
      sessions(process_->sessions),
      variables(graph.global.tune.variables) {
  Identities known(before);
  for (const graph::Server& server : graph.servers) {
    const std::string key = server_key(graph, server);
    servers_.push_back(kept_or_made(known.servers, key, [&] { return make_server(server); }));
    if (const auto line = known.lines.extract(key)) {
      const graph::NamedServer* const name = before.graph_.name_of(line.mapped()->id);
      before_.emplace(server.id, Before{*line.mapped(), name != nullptr ? name->name : std::string()});
    }
  }
  for (const graph::Proxy& proxy : graph.proxies)
    proxies_.push_back(
        kept_or_made(known.proxies, proxy_key(proxy), [] { return std::make_shared<ProxyState>(); }));
  for (const graph::Listener& listener : graph.listeners)
    listeners_.push_back(kept_or_made(known.listeners, listener_key(graph, listener),
                                      [] { return std::make_shared<std::atomic<std::uint32_t>>(0); }));
  // Entries are kept where they can be read as the new definition wants it.
  for (const graph::StickTable& table : graph.tables) {
    const auto old = known.tables.find(table.name);
    const bool kept = old != known.tables.end() && old->second.second->compatible(table);
    tables_.push_back(kept ? old->second.first : std::make_shared<StickTable>(table));
  }
}

State::~State() {
  for (const graph::Server& server : graph_.servers) {
    const std::lock_guard lock(proxy(server.backend).balancing);
    std::erase_if(servers_[server.id]->seats, [this](const Seat& seat) { return seat.generation == this; });
  }
}

// What the line of a known server says anew counts; what it said before may have been changed since.
void State::obey_file(graph::ServerId id) {
  const auto before = before_.find(id);
  const graph::Server& line = graph_.servers[id];
  if (before == before_.end()) return;
  ServerState& state = *servers_[id];
  if (line.weight != before->second.line.weight) state.weight.store(line.weight);
  if (line.maxconn != before->second.line.maxconn) state.maxconn.store(line.maxconn);
  if (line.disabled != before->second.line.disabled) state.order_away(line.disabled);
  // Who judged it so far was the one that it tracked.
  const bool followed = before->second.line.tracked != graph::none && line.tracked == graph::none;
  if (!line.check.enabled)
    state.check_up.store(true);
  else if (followed)
    state.check_up.store(state.up.load());
  if (!line.agent.enabled) state.agent_up.store(true);
  if (line.tracked == graph::none) state.up.store(state.check_up.load() && state.agent_up.load());
  const bool judged = line.check.enabled || line.agent.enabled || line.tracked != graph::none;
  if (!judged || line.slow_start.count() == 0) {
    state.ramp.store(16);
    state.progress.store(100);
  }
}

// Whom it tracks has been judged already; nothing would tell of that again.
void State::follow(graph::ServerId id) {
  const graph::Server& line = graph_.servers[id];
  if (line.tracked == graph::none) return;
  const bool away = line.disabled || (line.saved && line.saved->maintenance);
  const graph::ServerId judged = judge_of(graph_, id);
  ServerState& state = *servers_[id];
  state.up.store(servers_[judged]->up.load());
  state.draining.store(servers_[judged]->draining.load());
  state.order_away(away || servers_[judged]->ordered_away.load());
}

// What name servers have said of a name still holds; what the file says of another one is all that is known.
void State::find_address(graph::ServerId id) {
  const auto before = before_.find(id);
  const graph::NamedServer* const name = graph_.name_of(id);
  if (name == nullptr || (before != before_.end() && before->second.name == name->name)) return;
  servers_[id]->address.store(graph_.servers[id].endpoint);
  servers_[id]->lack_address(name->without_address);
}

// Servers without a name of their own lack the address of whom they track.
void State::find_addresses() {
  for (const graph::Server& server : graph_.servers) find_address(server.id);
  for (const graph::Server& server : graph_.servers) {
    if (graph_.name_of(server.id) != nullptr) continue;
    const graph::ServerId judged = judge_of(graph_, server.id);
    if (judged != server.id || servers_[server.id]->nameless.load())
      servers_[server.id]->lack_address(judged != server.id && servers_[judged]->nameless.load());
  }
}

void State::obey_files() {
  if (before_.empty()) return;
  for (const graph::Server& server : graph_.servers) obey_file(server.id);
  for (const graph::Server& server : graph_.servers) follow(server.id);
}

void State::install_proxy(const graph::Proxy& proxy) {
  const std::lock_guard lock(proxies_[proxy.id]->balancing);
  std::vector<BalancedServer> servers;
  for (std::uint32_t id = proxy.first_server; id < proxy.first_server + proxy.server_count; ++id) {
    servers.push_back({&graph_.servers[id], servers_[id].get(), &proxy, proxies_[proxy.id].get()});
  }
  if (!servers.empty())
    balancers_[proxy.id] = make_balancer(proxy.balance, proxy.options.allbackups, std::move(servers));
  for (std::uint32_t i = 0; i < proxy.server_count; ++i) {
    std::vector<Seat>& seats = servers_[proxy.first_server + i]->seats;
    for (const Seat& seat : seats) seat.balancer->changed(seat.position);
    seats.push_back({this, proxy.first_server + i, balancers_[proxy.id].get(), i});
  }
  // Limits may have been raised.
  for (std::uint32_t i = 0; i < proxy.server_count; ++i)
    hand_out_slots(*this, graph_, proxy.first_server + i);
}

void State::install() {
  balancers_.resize(graph_.proxies.size());
  find_addresses();
  obey_files();
  for (const graph::StickTable& table : graph_.tables) tables_[table.id]->obey(table);
  for (const graph::Proxy& proxy : graph_.proxies) install_proxy(proxy);
  before_.clear();
}

graph::ServerId State::find(const ServerState& server) const {
  const auto seat = std::ranges::find(server.seats, this, &Seat::generation);
  return seat != server.seats.end() ? seat->id : graph::none;
}

std::uint32_t State::server_changed(const graph::Graph& graph, graph::ServerId id) {
  const graph::ProxyId backend = graph.servers[id].backend;
  const std::lock_guard lock(proxy(backend).balancing);
  for (const Seat& seat : server(id).seats) seat.balancer->changed(seat.position);
  if (server(id).usable()) return hand_out_slots(*this, graph, id);
  return graph.proxies[backend].options.redispatch ? turn_away(*this, graph, id) : 0;
}

std::uint32_t State::count_usable(const graph::Graph& graph, graph::ProxyId backend, bool backup) const {
  const graph::Proxy& proxy = graph.proxies[backend];
  std::uint32_t count = 0;
  for (std::uint32_t id = proxy.first_server; id < proxy.first_server + proxy.server_count; ++id)
    if (graph.servers[id].backup == backup && server(id).usable()) ++count;
  return count;
}

std::uint32_t State::usable_servers(const graph::Graph& graph, graph::ProxyId backend) const {
  const std::uint32_t active = count_usable(graph, backend, false);
  if (active != 0) return active;
  const std::uint32_t backups = count_usable(graph, backend, true);
  return graph.proxies[backend].options.allbackups ? backups : std::min(backups, 1u);
}

}  // namespace shunt::route
