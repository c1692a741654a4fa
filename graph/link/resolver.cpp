// Host names to addresses, once each, by the system's resolver.
#include "graph/link/linking.hpp"
#include "parser/outside.hpp"

namespace shunt::graph {
namespace {

using fetchers::Endpoint;
using fetchers::Family;

std::optional<Endpoint> ask(const std::string& host, parser::NameFamily family) {
  const auto found = parser::resolve_name(host, family);
  if (found.empty()) return std::nullopt;
  Endpoint endpoint;
  endpoint.family = found.front().family == parser::NameFamily::ipv4 ? Family::ipv4 : Family::ipv6;
  endpoint.address = found.front().bytes;
  return endpoint;
}

parser::NameFamily name_family(parser::AddressFamily family) {
  if (family == parser::AddressFamily::ipv4) return parser::NameFamily::ipv4;
  return family == parser::AddressFamily::ipv6 ? parser::NameFamily::ipv6 : parser::NameFamily::any;
}

Family ip_family(const parser::Address& address) {
  if (address.family == parser::AddressFamily::ipv4) return Family::ipv4;
  return address.family == parser::AddressFamily::ipv6 ? Family::ipv6 : Family::none;
}

}  // namespace

std::optional<Endpoint> Resolver::resolve(const parser::Address& address) {
  const std::uint16_t port =
      address.port_kind == parser::PortKind::absolute ? address.port : std::uint16_t{0};
  if (address.host.empty() || address.family == parser::AddressFamily::unix_path ||
      address.family == parser::AddressFamily::abstract_socket) {
    return Endpoint{
        .family = address.any ? Family::none : ip_family(address), .port = port, .address = address.ip};
  }
  if (!ask_) return Endpoint{.port = port};
  const parser::NameFamily family = name_family(address.family);
  const auto [entry, fresh] = known_.try_emplace(address.host + '/' + static_cast<char>(family));
  if (fresh) entry->second = ask(address.host, family);
  auto endpoint = entry->second;
  if (endpoint) endpoint->port = port;
  return endpoint;
}

}  // namespace shunt::graph
