// Pairs binds by the text of their addresses.
#include "analysis/diff/bind_pairs.hpp"

#include <algorithm>
#include <map>

namespace shunt::analysis {
namespace {

using fetchers::Endpoint;
using fetchers::Family;
using graph::Graph;
using parser::AddressFamily;

using Places = std::map<std::string, std::vector<graph::ListenerId>>;

bool is_served(const Graph& graph, const graph::Listener& listener) {
  return !graph.proxies[listener.frontend].disabled && listener.address.family != AddressFamily::inherited;
}

Places places_of(const Graph& graph) {
  Places places;
  for (const graph::Listener& listener : graph.traffic_listeners())
    if (is_served(graph, listener))
      places[parser::to_string(listener.address) + '%' + listener.interface].push_back(listener.id);
  return places;
}

// How many binds have the port, so that the port alone says which one is meant.
bool is_alone(const Graph& graph, std::uint16_t port) {
  return std::ranges::count_if(graph.traffic_listeners(), [port](const graph::Listener& listener) {
           return listener.address.port == port;
         }) == 1;
}

Endpoint dialled(const graph::Listener& listener) {
  const parser::Address& address = listener.address;
  if (address.family == AddressFamily::unix_path || address.family == AddressFamily::abstract_socket)
    return {.family = Family::unix_socket};
  if (address.family == AddressFamily::ipv6 && (!address.any || listener.v6only)) {
    Endpoint end{.family = Family::ipv6, .port = address.port, .address = address.ip};
    if (address.any) end.address = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    return end;
  }
  Endpoint end{.family = Family::ipv4, .port = address.port, .address = {192, 0, 2, 1}};
  if (!address.any) end.address = address.ip;
  return end;
}

}  // namespace

BindPairs pair_binds(const Graph& before, const Graph& after) {
  Places old_places = places_of(before), new_places = places_of(after);
  BindPairs pairs;
  for (auto& [place, ids] : old_places) {
    std::vector<graph::ListenerId>& others = new_places[place];
    const std::size_t common = std::min(ids.size(), others.size());
    for (std::size_t i = 0; i < common; ++i) pairs.both.push_back({ids[i], others[i]});
    pairs.only_before.insert(pairs.only_before.end(), ids.begin() + static_cast<std::ptrdiff_t>(common),
                             ids.end());
    others.erase(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(common));
  }
  for (const auto& [place, ids] : new_places)
    pairs.only_after.insert(pairs.only_after.end(), ids.begin(), ids.end());
  std::ranges::sort(pairs.both, {}, &BindPairs::Pair::before);
  std::ranges::sort(pairs.only_before);
  std::ranges::sort(pairs.only_after);
  return pairs;
}

BindShape shape_of(const Graph& before, const Graph& after, BindPairs::Pair pair) {
  const graph::Listener& old = before.listeners[pair.before];
  const graph::Listener& now = after.listeners[pair.after];
  BindShape shape{.address = dialled(old), .any = old.address.any};
  shape.header = old.accept_proxy || now.accept_proxy;
  shape.tls = old.tls.has_value() || now.tls.has_value();
  for (const graph::Listener* listener : {&old, &now})
    shape.asks_certificate |= listener->tls && listener->tls->client.mode != graph::VerifyClient::none;
  if (shape.address.family == Family::unix_socket)
    shape.to = parser::to_string(old.address);
  else if (old.address.any && is_alone(before, old.address.port) && is_alone(after, old.address.port))
    shape.to = ":" + std::to_string(old.address.port);
  else
    shape.to = (shape.address.family == Family::ipv6 ? '[' + to_string(shape.address) + ']'
                                                     : to_string(shape.address)) +
               ':' + std::to_string(shape.address.port);
  return shape;
}

}  // namespace shunt::analysis
