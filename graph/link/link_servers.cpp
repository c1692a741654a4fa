// Servers: numbers, addresses, checks.
#include <fmt/core.h>

#include <set>

#include "graph/link/link_resolvers.hpp"
#include "graph/link/linking.hpp"
#include "graph/link/saved_states.hpp"
#include "graph/link/server_tls.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph {
namespace {

using config::ServerParameters;

Check check_of(Linking& linking, const ServerParameters& from) {
  Check check;
  check.enabled = value_or(from.check, false);
  check.inter = value_or(from.inter, check.inter);
  check.fastinter = optional_of(from.fastinter);
  check.downinter = optional_of(from.downinter);
  check.rise = value_or(from.rise, check.rise);
  check.fall = value_or(from.fall, check.fall);
  check.port = static_cast<std::uint16_t>(value_or(from.port, 0u));
  check.send_proxy = value_or(from.check_send_proxy, false);
  if (!from.address) return check;
  check.address = linking.resolver.resolve(from.address->value);
  if (!check.address) {
    linking.report(codes::unresolved_address, from.address->span,
                   fmt::format("the host '{}' has no address", from.address->value.host));
  }
  return check;
}

Agent agent_of(Linking& linking, const ServerParameters& from) {
  Agent agent{.enabled = value_or(from.agent_check, false)};
  agent.inter = value_or(from.agent_inter, agent.inter);
  if (from.agent_port)
    agent.port = static_cast<std::uint16_t>(parser::leading_integer(from.agent_port->value));
  agent.question = value_or(from.agent_send, std::string());
  if (!from.agent_addr) return agent;
  agent.address = linking.resolver.resolve({.host = from.agent_addr->value});
  if (!agent.address)
    linking.report(codes::unresolved_address, from.agent_addr->span,
                   fmt::format("the host '{}' has no address", from.agent_addr->value));
  return agent;
}

// The port that checks connect to must be known from the file.
bool checkable(const config::Proxy& proxy, const config::Server& from, const Server& server) {
  if (!server.check.enabled || server.check.port != 0) return true;
  if (server.check.address && server.check.address->port != 0) return true;
  const auto& steps = proxy.checked.tcp_check;
  const auto& kind = proxy.settings.check;
  if (kind && kind->value == "tcp-check" && steps.connects && !steps.lacks_port) return true;
  using enum parser::AddressFamily;
  const auto family = from.address.value.family;
  if (family == unix_path || family == abstract_socket) return true;
  if (from.address.value.host.starts_with('_')) return true;  // a service record will name the port
  return from.address.value.port != 0;
}

// What parameters of one server need from each other.
void check_parameters(Linking& linking, const config::Server& from) {
  const ServerParameters& own = from.parameters;
  if (value_or(own.agent_check, false) && !own.agent_port)
    linking.report(codes::check_without_port, from.span,
                   fmt::format("server '{}' has an 'agent-check' without 'agent-port'", from.name.value));
}

std::vector<HeaderValue> header_values(Linking& linking, const config::Proxy& proxy,
                                       const ServerParameters& own) {
  std::vector<HeaderValue> values;
  fetchers::ExpressionPool& pool = linking.program.expressions();
  for (const auto& [value, span] : own.own_values) {
    parser::DiagnosticSink judged;
    pool.set_owner(owner_of(linking, proxy));
    auto format =
        fetchers::compile_log_format(*value.format, fetchers::Place::be_server_connect, pool, judged);
    if (format) values.push_back({.type = value.type, .format = std::move(*format)});
  }
  return values;
}

SendProxy header_form(std::uint16_t bits) {
  if (bits == 0) return SendProxy::none;
  return (bits & proxy_header::v2) != 0 ? SendProxy::v2 : SendProxy::v1;  // also where only values are named
}

// Addresses that don't resolve were told where the line was read.
std::optional<Source> source_of(Linking& linking, const config::Maybe<config::SourceLine>& line) {
  if (!line) return std::nullopt;
  const config::SourceLine& from = line->value;
  Source source{.foreign = from.foreign, .interface = from.interface};
  const bool nothing = from.address.any && from.address.port == 0;
  if (!nothing) source.address = linking.resolver.resolve(from.address);
  source.last_port = from.address.port_end;
  if (from.foreign == Source::Foreign::fixed)
    source.foreign_address = linking.resolver.resolve(from.foreign_address).value_or(fetchers::Endpoint{});
  return source;
}

Server server_of(Linking& linking, const config::Proxy& proxy, const config::Server& from) {
  Server server;
  server.name = from.name.value;
  server.address = from.address.value;
  server.weight = value_or(from.parameters.weight, 1u);
  server.maxconn = value_or(from.parameters.maxconn, 0u);
  server.minconn = value_or(from.parameters.minconn, 0u);
  server.maxqueue = value_or(from.parameters.maxqueue, 0u);
  server.slow_start = value_or(from.parameters.slow_start, Milliseconds{0});
  server.source = source_of(linking, from.parameters.source ? from.parameters.source : proxy.settings.source);
  server.tcp_user_timeout = value_or(from.parameters.tcp_user_timeout, Milliseconds{0});
  server.fast_open = value_or(from.parameters.fast_open, false);
  server.hash_key = value_or(from.parameters.hash_key, HashKey::id);
  server.guid = value_or(from.parameters.guid, std::string());
  server.init_state = value_or(from.parameters.init_state, InitState::none);
  server.observed = value_or(from.parameters.observe, false);
  server.error_limit = value_or(from.parameters.error_limit, server.error_limit);
  server.on_error = value_or(from.parameters.on_error, server.on_error);
  server.down_ends_sessions = value_or(from.parameters.down_ends_sessions, false);
  server.up_ends_backup_sessions = value_or(from.parameters.up_ends_backup_sessions, false);
  server.backup = value_or(from.parameters.backup, false);
  server.non_stick = value_or(from.parameters.non_stick, false);
  server.disabled = value_or(from.parameters.disabled, false);
  server.header_values = value_or(from.parameters.header, std::uint16_t{0});
  server.send_proxy = header_form(server.header_values);
  server.own_values = header_values(linking, proxy, from.parameters);
  server.tls = server_tls(linking, proxy, from);
  server.check = check_of(linking, from.parameters);
  server.agent = agent_of(linking, from.parameters);
  server.network_namespace = value_or(from.parameters.network_namespace, std::string());
  if (from.parameters.socks4) server.socks4 = linking.resolver.resolve(from.parameters.socks4->value);
  server.checks_by_socks4 = server.socks4 && value_or(from.parameters.check_by_socks4, false);
  server.span = from.span;
  if (!checkable(proxy, from, server)) {
    linking.report(codes::check_without_port, from.span,
                   fmt::format("server '{}' is checked but has neither a port nor a 'port' for checks",
                               from.name.value));
  }
  check_parameters(linking, from);
  return server;
}

// Reports names and ids that two servers of the proxy share; returns the ids that are taken.
std::set<std::uint32_t> check_unique(Linking& linking, const config::Proxy& proxy) {
  std::unordered_map<std::string_view, const config::Server*> names;
  std::unordered_map<std::uint32_t, const config::Server*> ids;
  std::set<std::uint32_t> taken;
  for (const config::Server& server : proxy.servers) {
    const auto [named, fresh] = names.try_emplace(server.name.value, &server);
    if (!fresh) {
      auto& found =
          linking.report(codes::duplicate_name, server.name.span,
                         fmt::format("{} already has a server '{}'", describe(proxy), server.name.value));
      found.notes.push_back({"first defined here", named->second->name.span});
      found.late = true;
    }
    if (!server.parameters.id) continue;
    taken.insert(server.parameters.id->value);
    const auto [numbered, unused] = ids.try_emplace(server.parameters.id->value, &server);
    if (unused) continue;
    linking
        .report(codes::duplicate_id, server.parameters.id->span,
                fmt::format("id {} is already that of server '{}'", server.parameters.id->value,
                            numbered->second->name.value))
        .notes.push_back({"first used here", numbered->second->parameters.id->span});
  }
  return taken;
}

// "server" or "backend/server"; what doesn't exist is told by check_servers.
void link_tracked(Linking& linking, const Proxy& own, const config::Server& line, Server& server) {
  if (!line.parameters.track) return;
  std::string_view name = line.parameters.track->value;
  const Proxy* backend = &own;
  if (const auto slash = name.find('/'); slash != std::string_view::npos) {
    const auto found = linking.backends.find(std::string(name.substr(0, slash)));
    if (found == linking.backends.end()) return;
    backend = &linking.out[found->second];
    name.remove_prefix(slash + 1);
  }
  for (std::uint32_t i = 0; i < backend->server_count; ++i)
    if (linking.servers[backend->first_server + i].name == name) server.tracked = backend->first_server + i;
}

}  // namespace

ServerId link_peer(Linking& linking, const config::Proxy& section, const config::Server& from,
                   ProxyId owner) {
  Server server = server_of(linking, section, from);
  server.id = static_cast<ServerId>(linking.servers.size());
  server.backend = owner;
  find_first_address(linking, from, {}, server);
  linking.servers.push_back(std::move(server));
  return linking.servers.back().id;
}

void link_servers(Linking& linking) {
  for (std::size_t i = 0; i < linking.proxies.size(); ++i) {
    const config::Proxy& from = *linking.proxies[i];
    Proxy& to = linking.out[i];
    to.first_server = static_cast<std::uint32_t>(linking.servers.size());
    to.server_count = static_cast<std::uint32_t>(from.servers.size());
    const auto taken = check_unique(linking, from);
    std::uint32_t next = 1;
    for (const config::Server& line : from.servers) {
      Server server = server_of(linking, from, line);
      server.id = static_cast<ServerId>(linking.servers.size());
      server.backend = to.id;
      // Every server counts, those with an id of their own too [seen].
      if (!line.parameters.id)
        while (taken.contains(next)) ++next;
      server.number = line.parameters.id ? line.parameters.id->value : next;
      restore_server(linking, from, line, server);
      link_server_name(linking, line, server, saved_host(linking, from, line));
      ++next;
      linking.servers.push_back(std::move(server));
    }
  }
  for (const Proxy& proxy : linking.out)
    for (std::uint32_t i = 0; i < proxy.server_count; ++i)
      link_tracked(linking, proxy, linking.proxies[proxy.id]->servers[i],
                   linking.servers[proxy.first_server + i]);
}

}  // namespace shunt::graph
