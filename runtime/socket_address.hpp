// Endpoints of the rooms above as the kernel's socket addresses, and back.
#pragma once
#include <sys/socket.h>
#include <sys/un.h>

#include <string_view>

#include "fetchers/endpoint.hpp"
#include "parser/address.hpp"

namespace shunt::runtime {

struct SocketAddress {
  sockaddr_storage storage = {};
  socklen_t size = sizeof(sockaddr_storage);

  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  [[nodiscard]] int family() const { return storage.ss_family; }
};

[[nodiscard]] SocketAddress to_socket_address(
    const fetchers::Endpoint& endpoint);  // size 0 for no IP address
[[nodiscard]] SocketAddress to_socket_address(const parser::Address& address, std::uint16_t port);
[[nodiscard]] SocketAddress unix_address(std::string_view path,
                                         bool abstract);  // size 0: the path is too long
[[nodiscard]] fetchers::Endpoint to_endpoint(const SocketAddress& address);
[[nodiscard]] SocketAddress local_address(int fd);
[[nodiscard]] SocketAddress remote_address(int fd);

}  // namespace shunt::runtime
