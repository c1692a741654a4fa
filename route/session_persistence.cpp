// What a server choice depends on beside the servers: rules and cookies that name one, the key that is
// hashed.
#include <charconv>
#include <optional>

#include "fetchers/expression.hpp"
#include "route/balance/balancer.hpp"
#include "route/balance/hash_key.hpp"
#include "route/session.hpp"
#include "route/target.hpp"

namespace shunt::route {
namespace {

// "3640205228.15629.0000": the address and the port as a little-endian machine reads their bytes.
std::optional<fetchers::Endpoint> decode_token(std::string_view text) {
  std::uint32_t address = 0;
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, address);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '.') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, port);
  if (second.ec != std::errc() || second.ptr == end || *second.ptr != '.') return std::nullopt;
  fetchers::Endpoint found{.family = fetchers::Family::ipv4};
  for (std::size_t i = 0; i < 4; ++i) found.address[i] = static_cast<std::uint8_t>(address >> (8 * i));
  found.port = static_cast<std::uint16_t>(port >> 8 | port << 8);
  return found;
}

bool same_address(const fetchers::Endpoint& a, const fetchers::Endpoint& b) {
  return a.family == b.family && a.port == b.port &&
         std::equal(a.address.begin(), a.address.begin() + 4, b.address.begin());
}

}  // namespace

// Forced persistence leads to servers that are down, too.
bool Session::reachable(graph::ServerId id) const {
  const ServerState& state = facilities_->state->server(id);
  return (state.up && !state.maintenance) || forced_ || backend()->options.persist;
}

graph::ServerId Session::server_by_name(std::string_view name) const {
  const graph::Graph& graph = *facilities_->graph;
  for (std::uint32_t i = 0; i < backend()->server_count; ++i)
    if (graph.servers[backend()->first_server + i].name == name) return backend()->first_server + i;
  return graph::none;
}

// use-server: the first rule that holds and whose server can be reached. A computed name that is no server
// ends the list.
graph::ServerId Session::server_by_rules(fetchers::Context& rules_context) const {
  const graph::Graph& graph = *facilities_->graph;
  const acl::RuleListId list = backend()->server_rules;
  if (list == acl::no_rules) return graph::none;
  for (std::uint32_t from = 0;;) {
    const acl::ListStep found = walk(list, from, rules_context);
    if (found.kind != acl::ListStep::Kind::apply) return graph::none;
    const graph::ServerRule& rule = graph.server_rules[graph.program.rules(list)[found.rule].payload];
    graph::ServerId server = rule.server;
    if (rule.name) {
      std::string name;
      fetchers::write(*rule.name, graph.program.expressions(), rules_context, name);
      server = server_by_name(name);
      if (server == graph::none) return server;
    }
    if (reachable(server)) return server;
    from = found.rule + 1;
  }
}

graph::ServerId Session::server_by_cookie(fetchers::Context& rules_context) const {
  const graph::Graph& graph = *facilities_->graph;
  const graph::Proxy& proxy = *backend();
  if (!proxy.persistence) return graph::none;
  const bool ignored =
      proxy.ignore_persist != acl::no_rules &&
      graph.program.next(proxy.ignore_persist, 0, rules_context).kind == acl::ListStep::Kind::apply;
  if (ignored) return graph::none;
  fetchers::Sample cookie;
  const auto found = graph.program.expressions().evaluate(*backend()->persistence, rules_context, cookie);
  const auto token = found.found ? decode_token(cookie.text) : std::nullopt;
  if (!token) return graph::none;
  for (std::uint32_t i = 0; i < backend()->server_count; ++i) {
    const graph::ServerId id = backend()->first_server + i;
    if (same_address(address_of(graph, graph.servers[id], facilities_->state->server(id)), *token))
      return reachable(id) ? id : graph::none;
  }
  return graph::none;
}

// The server that rules or the client's cookie name, whatever the algorithm would choose.
graph::ServerId Session::named_server(const Event& event) {
  const graph::Proxy& proxy = *backend();
  if (proxy.server_rules == acl::no_rules && !proxy.persistence && proxy.force_persist == acl::no_rules &&
      proxy.stick_rules == acl::no_rules)
    return graph::none;
  fetchers::Context rules_context = context(request_bytes(event), true, event.at);
  if (proxy.force_persist != acl::no_rules)
    forced_ = facilities_->graph->program.next(proxy.force_persist, 0, rules_context).kind ==
              acl::ListStep::Kind::apply;
  graph::ServerId server = server_by_rules(rules_context);
  if (server == graph::none) server = server_by_cookie(rules_context);
  return server_by_tables(server, rules_context);
}

BalanceKey Session::balance_key(const Event& event) {
  const graph::Balance& balance = backend()->balance;
  BalanceKey key{.random = next_random(), .random2 = next_random()};
  if (balance.kind == graph::BalanceKind::source) key.hash = hash_of(source_, balance.hash);
  if (!balance.key) return key;
  // What rules have seen is on its way to the server then: to an expression the buffer is empty [seen].
  const bool sees_bytes = balance.kind == graph::BalanceKind::rdp_cookie;
  const fetchers::BufferedBytes none{.data = {}, .complete = true, .available = true};
  fetchers::Context key_context = context(sees_bytes ? request_bytes(event) : none, true, event.at);
  fetchers::Sample sample;
  const auto found = facilities_->graph->program.expressions().evaluate(*balance.key, key_context, sample);
  const bool empty = balance.kind == graph::BalanceKind::rdp_cookie && sample.text.empty();
  if (found.found && !empty) key.hash = hash_of(sample, balance.hash, *facilities_->scratch);
  return key;
}

}  // namespace shunt::route
