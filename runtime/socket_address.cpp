// The three families and their layouts.
#include "runtime/socket_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstddef>
#include <cstring>

namespace shunt::runtime {
namespace {

template <class Native>
Native& as(SocketAddress& address) {
  return reinterpret_cast<Native&>(address.storage);
}

SocketAddress ipv4(const std::uint8_t* bytes, std::uint16_t port) {
  SocketAddress made{.size = sizeof(sockaddr_in)};
  auto& native = as<sockaddr_in>(made);
  native.sin_family = AF_INET;
  native.sin_port = htons(port);
  std::memcpy(&native.sin_addr, bytes, sizeof native.sin_addr);
  return made;
}

SocketAddress ipv6(const std::uint8_t* bytes, std::uint16_t port) {
  SocketAddress made{.size = sizeof(sockaddr_in6)};
  auto& native = as<sockaddr_in6>(made);
  native.sin6_family = AF_INET6;
  native.sin6_port = htons(port);
  std::memcpy(&native.sin6_addr, bytes, sizeof native.sin6_addr);
  return made;
}

}  // namespace

SocketAddress to_socket_address(const fetchers::Endpoint& endpoint) {
  switch (endpoint.family) {
    case fetchers::Family::ipv4: return ipv4(endpoint.address.data(), endpoint.port);
    case fetchers::Family::ipv6: return ipv6(endpoint.address.data(), endpoint.port);
    default: return {.size = 0};
  }
}

SocketAddress to_socket_address(const parser::Address& address, std::uint16_t port) {
  switch (address.family) {
    case parser::AddressFamily::unspecified:  // "*" means every IPv4 address
    case parser::AddressFamily::ipv4: return ipv4(address.ip.data(), port);
    case parser::AddressFamily::ipv6: return ipv6(address.ip.data(), port);
    case parser::AddressFamily::unix_path: return unix_address(address.host, false);
    case parser::AddressFamily::abstract_socket: return unix_address(address.host, true);
    case parser::AddressFamily::inherited: break;
  }
  return {.size = 0};
}

SocketAddress unix_address(std::string_view path, bool abstract) {
  SocketAddress made;
  auto& native = as<sockaddr_un>(made);
  std::size_t const prefix = abstract ? 1 : 0;  // abstract names begin with a zero byte
  if (path.size() + 1 > sizeof native.sun_path) return {.size = 0};
  native.sun_family = AF_UNIX;
  std::memcpy(native.sun_path + prefix, path.data(), path.size());
  // HAProxy pads abstract names with zero bytes to the full length, and both ends must agree.
  made.size = abstract ? sizeof(sockaddr_un)
                       : static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  return made;
}

fetchers::Endpoint to_endpoint(const SocketAddress& address) {
  fetchers::Endpoint made;
  auto& mutable_address = const_cast<SocketAddress&>(address);
  if (address.family() == AF_INET) {
    auto const& native = as<sockaddr_in>(mutable_address);
    made.family = fetchers::Family::ipv4;
    made.port = ntohs(native.sin_port);
    std::memcpy(made.address.data(), &native.sin_addr, sizeof native.sin_addr);
  } else if (address.family() == AF_INET6) {
    auto const& native = as<sockaddr_in6>(mutable_address);
    made.family = fetchers::Family::ipv6;
    made.port = ntohs(native.sin6_port);
    std::memcpy(made.address.data(), &native.sin6_addr, sizeof native.sin6_addr);
  } else if (address.family() == AF_UNIX) {
    made.family = fetchers::Family::unix_socket;
  }
  return made;
}

SocketAddress local_address(int fd) {
  SocketAddress made;
  if (::getsockname(fd, made.get(), &made.size) != 0) return {.size = 0};
  return made;
}

SocketAddress remote_address(int fd) {
  SocketAddress made;
  if (::getpeername(fd, made.get(), &made.size) != 0) return {.size = 0};
  return made;
}

}  // namespace shunt::runtime
