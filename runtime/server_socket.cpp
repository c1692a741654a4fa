// Making a server's socket: options, the source address, connect(2). What fails at once is a lack of ours.
#include "runtime/server_socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "runtime/keep_alive.hpp"
#include "runtime/network_namespaces.hpp"
#include "runtime/packet_options.hpp"
#include "runtime/socket_address.hpp"

namespace shunt::runtime {
namespace {

ServerSocket impossible(int error, Lack lack) {
  return {.status = ServerSocket::Status::impossible, .error = error, .lack = lack};
}

bool set(int fd, int level, int option, int value = 1) {
  return ::setsockopt(fd, level, option, &value, sizeof value) == 0;
}

void set_options(int fd, const graph::Server& server, const graph::ProxyOptions& options) {
  set(fd, IPPROTO_TCP, TCP_NODELAY);
  if (options.tcpka_server) set_keep_alive(fd, options.server_probes);
  if (server.tcp_user_timeout.count() != 0)
    set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(server.tcp_user_timeout.count()));
  if (server.fast_open) set(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT);
}

bool bind_to(int fd, const fetchers::Endpoint& from) {
  if (from.port == 0) set(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
  SocketAddress const address = to_socket_address(from);
  return ::bind(fd, address.get(), address.size) == 0;
}

// What the server sees may be an address of someone else; the kernel must be told so first.
bool bind_as_foreigner(int fd, const graph::Source& source, const fetchers::Endpoint& client) {
  bool const fixed = source.foreign == graph::Source::Foreign::fixed;
  fetchers::Endpoint seen = fixed ? source.foreign_address : client;
  if (source.foreign == graph::Source::Foreign::client_address) seen.port = 0;
  bool const six = seen.family == fetchers::Family::ipv6;
  if (!six && seen.family != fetchers::Family::ipv4) return true;  // a client without an IP address
  set(fd, SOL_SOCKET, SO_REUSEADDR);  // its connections of before may still be remembered
  bool const allowed = six ? set(fd, SOL_IPV6, IPV6_TRANSPARENT) : set(fd, SOL_IP, IP_TRANSPARENT);
  return allowed && bind_to(fd, seen);
}

bool bind_source(int fd, const graph::Source& source, const fetchers::Endpoint& client, std::uint16_t port) {
  auto const size = static_cast<socklen_t>(source.interface.size() + 1);
  if (!source.interface.empty())
    ::setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, source.interface.c_str(), size);
  if (source.foreign != graph::Source::Foreign::no) return bind_as_foreigner(fd, source, client);
  if (!source.address) return true;
  set(fd, SOL_SOCKET, SO_REUSEADDR);
  fetchers::Endpoint from = *source.address;
  from.port = port;
  return bind_to(fd, from);
}

constexpr std::uint32_t most_tries = 32;

struct Attempt {
  const NetworkNamespaces& namespaces;
  const graph::Server& server;
  const SocketAddress& target;
  const graph::ProxyOptions& options;
  const fetchers::Endpoint& client;
  const route::SocketMarks& marks;
};

bool prepare(int fd, const Attempt& attempt, std::uint16_t source_port) {
  set_options(fd, attempt.server, attempt.options);
  if (attempt.marks.mark) set_mark(fd, *attempt.marks.mark);
  if (attempt.marks.tos) set_tos(fd, *attempt.marks.tos);
  return !attempt.server.source || bind_source(fd, *attempt.server.source, attempt.client, source_port);
}

ServerSocket connect_from(const Attempt& attempt, std::uint16_t source_port, bool& another_port_may_do) {
  SocketAddress const& address = attempt.target;
  int const fd = attempt.namespaces.socket(attempt.server.network_namespace, address.family(),
                                           SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return impossible(errno, lack_at_socket(errno));
  if (address.family() != AF_UNIX && !prepare(fd, attempt, source_port)) {
    int const error = errno;
    ::close(fd);
    // An address that isn't ours is not ours with another port either.
    another_port_may_do = error == EADDRINUSE;
    bool const foreign = attempt.server.source->foreign != graph::Source::Foreign::no;
    return impossible(error, foreign ? Lack::foreign_address : Lack::source_address);
  }
  if (::connect(fd, address.get(), address.size) == 0)
    return {.status = ServerSocket::Status::connected, .fd = fd};
  if (errno == EINPROGRESS) return {.status = ServerSocket::Status::connecting, .fd = fd};
  int const error = errno;
  ::close(fd);
  another_port_may_do = error == EADDRINUSE || error == EADDRNOTAVAIL;
  return impossible(error, lack_at_connect(error));
}

// Ports of a range can be bound by several sockets; only connect(2) finds out whether one leads to this
// server already. Each attempt begins behind the last one, where the oldest connections have had their ports.
ServerSocket connect_from_range(const Attempt& attempt, std::uint32_t& turn) {
  graph::Source const& source = *attempt.server.source;
  std::uint32_t const first = source.address->port;
  std::uint32_t const ports = source.last_port > first ? source.last_port - first + 1U : 1U;
  ServerSocket made;
  for (std::uint32_t tries = std::min(ports, most_tries); tries > 0; --tries) {
    bool another_port_may_do = false;
    auto const port = static_cast<std::uint16_t>(first + turn++ % ports);
    made = connect_from(attempt, port, another_port_may_do);
    if (!another_port_may_do) return made;
  }
  return impossible(made.error, Lack::source_range);
}

}  // namespace

ServerSocket open_server_socket(const NetworkNamespaces& namespaces, const graph::Server& server,
                                const fetchers::Endpoint& target, const graph::ProxyOptions& options,
                                const fetchers::Endpoint& client, const route::SocketMarks& marks,
                                std::uint32_t& turn) {
  SocketAddress address = to_socket_address(target);
  if (address.size == 0) address = to_socket_address(server.address, server.address.port);
  if (address.size == 0) return impossible(EINVAL, Lack::other);
  Attempt const attempt{namespaces, server, address, options, client, marks};
  bool const own = server.source && server.source->address && server.source->address->port != 0 &&
                   server.source->foreign == graph::Source::Foreign::no;
  if (own) return connect_from_range(attempt, turn);
  bool ignored = false;
  return connect_from(attempt, 0, ignored);
}

}  // namespace shunt::runtime
