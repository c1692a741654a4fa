// Host names to addresses, once each, by the system's resolver.
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <memory>

#include "graph/link/linking.hpp"

namespace shunt::graph {
namespace {

using fetchers::Endpoint;
using fetchers::Family;

std::optional<Endpoint> endpoint_of(const sockaddr* address) {
  Endpoint endpoint;
  if (address->sa_family == AF_INET) {
    endpoint.family = Family::ipv4;
    std::memcpy(endpoint.address.data(), &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, 4);
    return endpoint;
  }
  if (address->sa_family != AF_INET6) return std::nullopt;
  endpoint.family = Family::ipv6;
  std::memcpy(endpoint.address.data(), &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, 16);
  return endpoint;
}

std::optional<Endpoint> ask(const std::string& host, int family) {
  addrinfo hints = {};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0 || found == nullptr) return std::nullopt;
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    if (auto endpoint = endpoint_of(each->ai_addr)) return endpoint;
  }
  return std::nullopt;
}

int system_family(parser::AddressFamily family) {
  if (family == parser::AddressFamily::ipv4) return AF_INET;
  return family == parser::AddressFamily::ipv6 ? AF_INET6 : AF_UNSPEC;
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
  const int family = system_family(address.family);
  const auto [entry, fresh] = known_.try_emplace(address.host + '/' + std::to_string(family));
  if (fresh) entry->second = ask(address.host, family);
  auto endpoint = entry->second;
  if (endpoint) endpoint->port = port;
  return endpoint;
}

}  // namespace shunt::graph
