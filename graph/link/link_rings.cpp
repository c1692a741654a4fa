// Rings with the addresses of their servers.
#include "graph/link/link_rings.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace shunt::graph {
namespace {

bool link_server(Linking& linking, const config::RingSection::Server& from, RingServer& to) {
  using enum parser::AddressFamily;
  to = from.made;
  switch (from.address.family) {
    case unix_path: to.path = from.address.host; return true;
    case abstract_socket: to.path = '\0' + from.address.host; return true;
    default: break;
  }
  if (const auto endpoint = linking.resolver.resolve(from.address)) {
    to.endpoint = *endpoint;
    return true;
  }
  linking.report(codes::unresolved_address, from.span,
                 fmt::format("the log host '{}' has no address", from.address.host));
  return false;
}

void check_unique(Linking& linking, const config::RingSection& ring) {
  for (auto server = ring.servers.begin(); server != ring.servers.end(); ++server) {
    const auto is_it = [&](const auto& other) { return other.made.name == server->made.name; };
    const auto first = std::find_if(ring.servers.begin(), server, is_it);
    if (first == server) continue;
    auto& found =
        linking.report(codes::duplicate_name, server->span,
                       fmt::format("ring '{}' already has a server '{}'", ring.made.name, server->made.name));
    found.notes.push_back({"first defined here", first->span});
    found.late = true;
  }
}

}  // namespace

std::vector<Ring> link_rings(Linking& linking) {
  std::vector<Ring> rings;
  for (const config::RingSection& from : linking.config.rings) {
    check_unique(linking, from);
    Ring& ring = rings.emplace_back(from.made);
    for (const config::RingSection::Server& server : from.servers) {
      RingServer made;
      if (link_server(linking, server, made)) ring.servers.push_back(std::move(made));
    }
  }
  return rings;
}

}  // namespace shunt::graph
