// By the name of a socket, or by address and port.
#include "analysis/drawing/hops.hpp"

namespace shunt::analysis::drawing {
namespace {

using parser::Address;
using parser::AddressFamily;

// Empty: not a socket with a name.
std::string name_of(const Address& address) {
  if (address.family == AddressFamily::abstract_socket) return "@" + address.host;
  return address.family == AddressFamily::unix_path ? address.host : std::string();
}

bool is_loopback(const fetchers::Endpoint& endpoint) {
  if (endpoint.family == fetchers::Family::ipv4) return endpoint.address[0] == 127;
  std::array<std::uint8_t, 16> loopback = {};
  loopback[15] = 1;
  return endpoint.family == fetchers::Family::ipv6 && endpoint.address == loopback;
}

// Whether a connection from this machine to `to` is one that a bind of `at` gets, if port and address fit.
bool reaches(const fetchers::Endpoint& to, const Address& at) {
  const bool six = to.family == fetchers::Family::ipv6;
  if (at.family == AddressFamily::ipv6 && !six) return false;
  if (at.family == AddressFamily::ipv4 && six) return false;
  return !at.any || is_loopback(to);
}

}  // namespace

Hops::Hops(const graph::Graph& graph) {
  for (const graph::Listener& listener : graph.traffic_listeners()) {
    const std::string name = name_of(listener.address);
    if (!name.empty())
      by_name_.emplace(name, listener.id);
    else if (listener.address.any)
      at_any_.emplace(listener.address.port, &listener);
    else
      by_place_.emplace(Place(listener.address.port, listener.address.ip), &listener);
  }
}

Hop Hops::of(const graph::Server& server) const {
  const std::string name = name_of(server.address);
  if (!name.empty()) {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? Hop{} : Hop{found->second, server.source ? Way::socket : Way::memory};
  }
  if (server.endpoint.family == fetchers::Family::none || server.endpoint.port == 0) return {};
  const auto among = [&](auto range) -> Hop {
    for (auto each = range.first; each != range.second; ++each)
      if (reaches(server.endpoint, each->second->address)) return {each->second->id, Way::socket};
    return {};
  };
  const Hop exact = among(by_place_.equal_range({server.endpoint.port, server.endpoint.address}));
  return exact.listener != graph::none ? exact : among(at_any_.equal_range(server.endpoint.port));
}

}  // namespace shunt::analysis::drawing
