// Names of unix sockets and ports of the binds of frontends that start.
#include "analysis/own_binds.hpp"

#include <algorithm>

namespace shunt::analysis {
namespace {

using fetchers::Endpoint;
using fetchers::Family;
using parser::Address;
using parser::AddressFamily;

std::string name_of(const Address& address) {
  if (address.family == AddressFamily::abstract_socket) return "@" + address.host;
  return address.family == AddressFamily::unix_path ? address.host : std::string();
}

std::size_t size_of(Family family) { return family == Family::ipv4 ? 4 : 16; }

// The bytes of an address as a key; the two families differ by their size.
std::string key_of(const std::array<std::uint8_t, 16>& bytes, Family family) {
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size_of(family))};
}

std::string key_of(const Address& address) {
  return key_of(address.ip, address.family == AddressFamily::ipv4 ? Family::ipv4 : Family::ipv6);
}

bool has_ip(const Address& address) {
  return !address.any && (address.family == AddressFamily::ipv4 || address.family == AddressFamily::ipv6);
}

bool same_ip(const Address& address, const Endpoint& to) {
  const bool family = (address.family == AddressFamily::ipv4 && to.family == Family::ipv4) ||
                      (address.family == AddressFamily::ipv6 && to.family == Family::ipv6);
  return family && !address.any &&
         std::equal(to.address.begin(), to.address.begin() + size_of(to.family), address.ip.begin());
}

bool takes_any(const graph::Listener& listener, Family family) {
  if (!listener.address.any) return false;
  if (family == Family::ipv6) return listener.address.family == AddressFamily::ipv6;
  return listener.address.family != AddressFamily::ipv6 || !listener.v6only;
}

bool is_loopback(const Endpoint& end) {
  constexpr std::array<std::uint8_t, 16> six = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return end.family == Family::ipv4 ? end.address[0] == 127
                                    : end.family == Family::ipv6 && end.address == six;
}

}  // namespace

OwnBinds::OwnBinds(const graph::Graph& graph) : graph_(graph) {
  for (const graph::Listener& listener : graph.traffic_listeners()) {
    const std::string& frontend = graph.proxies[listener.frontend].name;
    by_frontend_.emplace(frontend, listener.id);
    if (!listener.name.empty()) by_frontend_.emplace(frontend + '/' + listener.name, listener.id);
    if (has_ip(listener.address)) addresses_.insert(key_of(listener.address));
    if (graph.proxies[listener.frontend].disabled) continue;
    if (std::string name = name_of(listener.address); !name.empty())
      by_name_[std::move(name)] = listener.id;
    else
      by_port_[listener.address.port].push_back(listener.id);
  }
}

std::optional<graph::ListenerId> OwnBinds::at(const Endpoint& to) const {
  const auto found = by_port_.find(to.port);
  if (found == by_port_.end()) return std::nullopt;
  for (const graph::ListenerId id : found->second)
    if (to.family == Family::none || same_ip(graph_.listeners[id].address, to)) return id;
  for (const graph::ListenerId id : found->second)
    if (takes_any(graph_.listeners[id], to.family)) return id;
  return std::nullopt;
}

bool OwnBinds::is_ours(const Endpoint& address) const {
  if (address.family != Family::ipv4 && address.family != Family::ipv6) return false;
  return is_loopback(address) || addresses_.contains(key_of(address.address, address.family));
}

std::optional<graph::ListenerId> OwnBinds::of_frontend(const std::string& name) const {
  const auto found = by_frontend_.find(name);
  return found == by_frontend_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<graph::ListenerId> OwnBinds::behind(const graph::Server& server, const Endpoint& target) const {
  if (const std::string name = name_of(server.address); !name.empty()) {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? std::nullopt : std::optional(found->second);
  }
  if (target.family == Family::none || !by_port_.contains(target.port) || !is_ours(target))
    return std::nullopt;
  return at(target);
}

}  // namespace shunt::analysis
