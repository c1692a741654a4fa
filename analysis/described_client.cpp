// Finds the bind, makes the bytes and cuts them.
#include "analysis/described_client.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "analysis/described_connection.hpp"
#include "fetchers/wire/proxy_header.hpp"
#include "graph/server_name.hpp"

namespace shunt::analysis {
namespace {

using fetchers::Endpoint;
using fetchers::Family;
using graph::Graph;
using parser::AddressFamily;

std::string names_of_binds(const Graph& graph) {
  std::string text;
  constexpr std::size_t most = 8;
  std::size_t count = 0;
  for (const graph::Listener& listener : graph.traffic_listeners()) {
    if (count++ == most) return text + ", ...";
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", parser::to_string(listener.address),
                        graph.proxies[listener.frontend].name);
  }
  return text.empty() ? "none" : text;
}

std::optional<graph::ListenerId> by_socket_name(const Graph& graph, const parser::Address& wanted) {
  for (const graph::Listener& listener : graph.traffic_listeners())
    if (listener.address.family == wanted.family && listener.address.host == wanted.host) return listener.id;
  return std::nullopt;
}

// Sockets with names are mostly those of hops.
std::optional<graph::ListenerId> only_from_outside(const Graph& graph) {
  if (graph.traffic_listeners().size() == 1) return 0;
  const auto outside = [](const graph::Listener& listener) {
    return listener.address.family != AddressFamily::unix_path &&
           listener.address.family != AddressFamily::abstract_socket;
  };
  if (std::ranges::count_if(graph.traffic_listeners(), outside) != 1) return std::nullopt;
  return std::ranges::find_if(graph.traffic_listeners(), outside)->id;
}

struct Target {
  graph::ListenerId listener = 0;
  Endpoint to = {};
};

// What a client that only knows the port has probably dialled.
Endpoint address_of(const graph::Listener& listener) {
  Endpoint to{.family = Family::ipv4, .port = listener.address.port, .address = {192, 0, 2, 1}};
  switch (listener.address.family) {
    case AddressFamily::unix_path:
    case AddressFamily::abstract_socket: return {.family = Family::unix_socket};
    case AddressFamily::ipv6:
      to.family = Family::ipv6;
      to.address = listener.address.any
                       ? std::array<std::uint8_t, 16>{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}
                       : listener.address.ip;
      break;
    default:
      if (!listener.address.any && listener.address.family == AddressFamily::ipv4)
        to.address = listener.address.ip;
  }
  return to;
}

Result<Target, TextError> find_bind(const std::string& text, const Graph& graph,
                                    const Simulation& simulation) {
  const auto at = [&](graph::ListenerId id) { return Target{id, address_of(graph.listeners[id])}; };
  if (text.empty()) {
    if (const auto only = only_from_outside(graph)) return at(*only);
    return TextError{fmt::format("say which bind with --to; the file has {}", names_of_binds(graph))};
  }
  if (const auto named = simulation.listener_of(text)) return at(*named);
  const auto address = parser::parse_address(text);
  if (!address) return TextError{fmt::format("'{}' is neither an address nor a frontend", text)};
  const parser::Address& wanted = address.assume_value();
  if (wanted.family == AddressFamily::unix_path || wanted.family == AddressFamily::abstract_socket) {
    if (const auto found = by_socket_name(graph, wanted)) return at(*found);
    return TextError{
        fmt::format("no bind has the address '{}'; the file has {}", text, names_of_binds(graph))};
  }
  Endpoint to{.port = wanted.port, .address = wanted.ip};
  if (!wanted.any && wanted.host.empty())
    to.family = wanted.family == AddressFamily::ipv6 ? Family::ipv6 : Family::ipv4;
  const auto found = simulation.listener_at(to);
  if (!found)
    return TextError{
        fmt::format("no bind takes connections to '{}'; the file has {}", text, names_of_binds(graph))};
  return Target{*found, to.family == Family::none ? address_of(graph.listeners[*found]) : to};
}

Endpoint usual_source(const Endpoint& to) {
  if (to.family == Family::unix_socket) return to;
  if (to.family == Family::ipv6)
    return {.family = to.family,
            .port = 50000,
            .address = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7}};
  return {.family = Family::ipv4, .port = 50000, .address = {198, 51, 100, 7}};
}

std::string header_bytes(const HeaderDescription& header, const Endpoint& to) {
  const bool local = header.from.family == Family::none;
  Endpoint destination = header.to.family == Family::none ? to : header.to;
  if (destination.family != header.from.family) destination = {.family = header.from.family};
  if (header.version == 1)
    return local ? std::string("PROXY UNKNOWN\r\n")
                 : fetchers::wire::write_proxy_v1(header.from, destination);
  return fetchers::wire::write_proxy_v2(header.from, destination);
}

// What it sends, without the header; a hello is as long as the segments say.
Result<std::string, TextError> payload_of(const ClientDescription& client, std::size_t header_size) {
  if (client.silent) return std::string();
  if (client.bytes) return *client.bytes;
  if (!client.hello) return std::string();
  HelloDescription hello = *client.hello;
  std::size_t wanted = 0;
  for (const SegmentSize& segment : client.segments) wanted += segment.size.value_or(0);
  if (wanted > header_size) hello.least_size = wanted - header_size;
  if (!can_be_built(hello)) return TextError{"no ClientHello can hold that: it has at most 16384 bytes"};
  return build_hello(hello);
}

Result<std::vector<Piece>, TextError> cut(std::string_view bytes, const std::vector<SegmentSize>& segments) {
  std::vector<Piece> pieces;
  if (segments.empty()) {
    if (!bytes.empty()) pieces.push_back({Offset(0), std::string(bytes)});
    return pieces;
  }
  const std::size_t all = bytes.size();
  for (const SegmentSize& segment : segments) {
    const bool last = &segment == &segments.back();
    const std::size_t size = last && !segment.size ? bytes.size() : segment.size.value_or(bytes.size());
    if (size > bytes.size())
      return TextError{fmt::format("the segments have more bytes than are sent, which is {}", all)};
    pieces.push_back({segment.at, std::string(bytes.substr(0, size))});
    bytes.remove_prefix(size);
  }
  if (!bytes.empty()) pieces.back().bytes += bytes;
  return pieces;
}

Result<std::vector<graph::ServerId>, TextError> servers_named(const std::vector<std::string>& names,
                                                              const Graph& graph) {
  std::vector<graph::ServerId> found;
  for (const std::string& name : names) {
    const auto is_it = [&](const graph::Server& server) { return qualified_name(graph, server) == name; };
    const auto server = std::ranges::find_if(graph.servers, is_it);
    if (server == graph.servers.end())
      return TextError{fmt::format("there is no server '{}'; write backend/server", name)};
    found.push_back(server->id);
  }
  return found;
}

}  // namespace

Result<Scenario, TextError> make_scenario(const ClientDescription& client, const Graph& graph,
                                          const Simulation& simulation) {
  BOOST_OUTCOME_TRY(const Target target, find_bind(client.to, graph, simulation));
  Scenario made{.listener = target.listener, .to = target.to, .ends = client.ends};
  made.from = client.from ? *client.from : usual_source(target.to);
  made.shows_certificate = client.shows_certificate;
  made.date = std::chrono::system_clock::now();
  BOOST_OUTCOME_TRY(made.down, servers_named(client.down, graph));
  if (client.inside) made.inside = {{Offset(0), *client.inside}};
  if (client.pieces) {
    made.pieces = *client.pieces;
    return made;
  }
  const std::string header = client.header ? header_bytes(*client.header, target.to) : std::string();
  BOOST_OUTCOME_TRY(const std::string payload, payload_of(client, header.size()));
  BOOST_OUTCOME_TRY(made.pieces, cut(header + payload, client.segments));
  return made;
}

}  // namespace shunt::analysis
