// Which failures of connect(2) are the server's (refused, unreachable) and which are ours (no port, no
// descriptor).
#include "runtime/server_socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/socket_address.hpp"

namespace shunt::runtime {
namespace {

bool is_local_failure(int error) {
  switch (error) {
    case EADDRINUSE:
    case EADDRNOTAVAIL:
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: return true;
    default: return false;
  }
}

ServerSocket failure(int error) {
  return {
      .status = is_local_failure(error) ? ServerSocket::Status::impossible : ServerSocket::Status::refused,
      .error = error};
}

void set_options(int fd, const SocketAddress& address, const graph::ProxyOptions& options) {
  int const on = 1;
  if (address.family() != AF_UNIX) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (options.tcpka_server) ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

}  // namespace

ServerSocket open_server_socket(const graph::Server& server, const fetchers::Endpoint& target,
                                const graph::ProxyOptions& options) {
  SocketAddress address = to_socket_address(target);
  if (address.size == 0) address = to_socket_address(server.address, server.address.port);
  if (address.size == 0) return {.status = ServerSocket::Status::refused, .error = EINVAL};
  int const fd = ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return failure(errno);
  set_options(fd, address, options);
  if (::connect(fd, address.get(), address.size) == 0)
    return {.status = ServerSocket::Status::connected, .fd = fd};
  if (errno == EINPROGRESS) return {.status = ServerSocket::Status::connecting, .fd = fd};
  ServerSocket const failed = failure(errno);
  ::close(fd);
  return failed;
}

}  // namespace shunt::runtime
