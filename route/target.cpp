// Filling the open parts of a server's address.
#include "route/target.hpp"

namespace shunt::route {
namespace {

bool is_local_socket(const parser::Address& address) {
  return address.family == parser::AddressFamily::unix_path ||
         address.family == parser::AddressFamily::abstract_socket;
}

// Absolute ports stay; absent ones and offsets count from the port that the client aimed at, modulo 65536.
std::uint16_t port_of(const parser::Address& address, std::uint16_t client_port) {
  switch (address.port_kind) {
    case parser::PortKind::absolute: return address.port != 0 ? address.port : client_port;
    case parser::PortKind::plus: return static_cast<std::uint16_t>(client_port + address.port);
    case parser::PortKind::minus: return static_cast<std::uint16_t>(client_port - address.port);
    case parser::PortKind::absent: break;
  }
  return client_port;
}

}  // namespace

fetchers::Endpoint address_of(const graph::Graph& graph, const graph::Server& server,
                              const ServerState& state) {
  return graph.name_of(server.id) != nullptr ? state.address.load() : server.endpoint;
}

fetchers::Endpoint connect_target(const graph::Server& server, const graph::NamedServer* named,
                                  const fetchers::Endpoint& address,
                                  const fetchers::Endpoint& client_destination) {
  if (is_local_socket(server.address)) return {.family = fetchers::Family::unix_socket};
  fetchers::Endpoint target = address;
  if (named != nullptr && (named->service || target.family == fetchers::Family::none)) return target;
  if (target.family == fetchers::Family::none || server.address.any) {
    const bool has_ip = client_destination.family == fetchers::Family::ipv4 ||
                        client_destination.family == fetchers::Family::ipv6;
    // A client of a UNIX socket aimed at no address: "any" is what is left, and means this machine.
    target = has_ip ? client_destination : fetchers::Endpoint{.family = fetchers::Family::ipv4};
  }
  target.port = port_of(server.address, client_destination.port);
  return target;
}

}  // namespace shunt::route
