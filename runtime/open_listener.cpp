// Opening listening sockets: what is set before bind(2), and what can be changed later.
#include "runtime/open_listener.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "parser/result.hpp"
#include "runtime/error_text.hpp"
#include "runtime/keep_alive.hpp"
#include "runtime/network_namespaces.hpp"
#include "runtime/socket_address.hpp"
#include "runtime/unique_fd.hpp"

namespace shunt::runtime {
namespace {

using parser::AddressFamily;

// What a system call said, in the words of HAProxy's start-up messages.
struct Refusal {
  std::string_view what;
  int error = 0;
  std::string text = {};  // instead of the errno's
  std::string_view device = {};
};
using Outcome = Result<UniqueFd, Refusal>;

bool is_unix(const graph::Listener& listener) {
  return listener.address.family == AddressFamily::unix_path ||
         listener.address.family == AddressFamily::abstract_socket;
}

bool enable(int fd, int level, int option, int value = 1) {
  return ::setsockopt(fd, level, option, &value, sizeof value) == 0;
}

// Accepted connections inherit these, which spares a system call for each.
void set_inherited_options(int fd, const graph::Proxy& frontend, const graph::Listener& listener) {
  enable(fd, IPPROTO_TCP, TCP_NODELAY);
  if (frontend.options.tcpka_client) set_keep_alive(fd, frontend.options.client_probes);
  if (listener.mss > 0) enable(fd, IPPROTO_TCP, TCP_MAXSEG, listener.mss);
  if (listener.tcp_user_timeout.count() != 0)
    enable(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(listener.tcp_user_timeout.count()));
}

// As if they had never been set: what is neutral is the system's choice, which a fresh socket shows.
void forget_inherited_options(int fd) {
  struct Option {
    int level, name;
  };
  constexpr Option options[] = {{SOL_SOCKET, SO_KEEPALIVE},
                                {IPPROTO_TCP, TCP_KEEPCNT},
                                {IPPROTO_TCP, TCP_KEEPIDLE},
                                {IPPROTO_TCP, TCP_KEEPINTVL},
                                {IPPROTO_TCP, TCP_USER_TIMEOUT}};
  const UniqueFd fresh(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  for (const Option& option : options) {
    int value = 0;
    socklen_t size = sizeof value;
    if (::getsockopt(fresh.get(), option.level, option.name, &value, &size) == 0)
      enable(fd, option.level, option.name, value);
  }
  enable(fd, IPPROTO_TCP, TCP_MAXSEG, 0);  // none of one's own
}

// Binding to foreign addresses needs no privilege, only taking over their traffic does.
bool make_transparent(int fd, int family) {
  if (family != AF_INET6) return enable(fd, SOL_IP, IP_TRANSPARENT) || enable(fd, SOL_IP, IP_FREEBIND);
  return enable(fd, SOL_IPV6, IPV6_TRANSPARENT) || enable(fd, SOL_IP, IP_FREEBIND);
}

bool set_family_options(int fd, int family, const graph::Listener& listener) {
  if (family != AF_INET6) return !listener.transparent || make_transparent(fd, family);
  if (listener.v6only) enable(fd, IPPROTO_IPV6, IPV6_V6ONLY);
  if (listener.v4v6) enable(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  return !listener.transparent || make_transparent(fd, family);
}

// HAProxy only warns, and listens on all devices.
void bind_to_device(int fd, const graph::Listener& listener, std::optional<Refusal>& warning) {
  std::string const& device = listener.interface;
  auto const size = static_cast<socklen_t>(device.size() + 1);
  if (device.empty() || ::setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device.c_str(), size) == 0) return;
  warning = Refusal{.what = "cannot bind receiver to device", .error = errno, .device = device};
}

Outcome open_tcp(const graph::Graph& graph, const graph::Listener& listener,
                 std::optional<Refusal>& warning) {
  SocketAddress const address = to_socket_address(listener.address, listener.address.port);
  UniqueFd fd(socket_in_namespace(listener.network_namespace, address.family(),
                                  SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd) return Refusal{"cannot create receiving socket", errno};
  enable(fd.get(), SOL_SOCKET, SO_REUSEADDR);
  enable(fd.get(), SOL_SOCKET, SO_REUSEPORT);
  if (!set_family_options(fd.get(), address.family(), listener))
    return Refusal{"cannot make listening socket transparent", errno};
  bind_to_device(fd.get(), listener, warning);
  set_inherited_options(fd.get(), graph.proxies[listener.frontend], listener);
  if (listener.defer_accept) enable(fd.get(), IPPROTO_TCP, TCP_DEFER_ACCEPT);
  if (::bind(fd.get(), address.get(), address.size) != 0) return Refusal{"cannot bind socket", errno};
  if (listener.saved_syn != 0) enable(fd.get(), IPPROTO_TCP, TCP_SAVE_SYN, listener.saved_syn);
  if (listener.fast_open) enable(fd.get(), IPPROTO_TCP, TCP_FASTOPEN, backlog_of(graph, listener));
  return fd;
}

Outcome open_unix_path(const graph::Graph& graph, const graph::Listener& listener, FreshPaths& paths) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return Refusal{"cannot create UNIX socket", errno};
  const auto bound =
      paths.bind(fd.get(), listener.address.host, listener.unix_socket, backlog_of(graph, listener));
  if (bound) return fd;
  const PathFault& fault = bound.assume_error();
  return Refusal{.what = fault.what, .error = fault.error, .text = fault.too_long ? "path too long" : ""};
}

Outcome open_abstract(const graph::Listener& listener) {
  SocketAddress const address = unix_address(listener.address.host, true);
  if (address.size == 0) return Refusal{.what = "cannot bind UNIX socket", .text = "path too long"};
  UniqueFd fd(
      socket_in_namespace(listener.network_namespace, AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd) return Refusal{"cannot create UNIX socket", errno};
  if (::bind(fd.get(), address.get(), address.size) != 0) {
    if (errno == EADDRINUSE) return Refusal{.what = "cannot bind UNIX socket", .text = "already in use"};
    return Refusal{"cannot bind UNIX socket", errno};
  }
  return fd;
}

Outcome take_inherited(const graph::Graph& graph, const graph::Listener& listener) {
  int const fd = listener.address.inherited_fd;
  int const flags = ::fcntl(fd, F_GETFL);
  if (flags < 0) return Refusal{"cannot use file descriptor", errno};
  ::fcntl(fd, F_SETFL, flags | O_NONBLOCK);
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  set_inherited_options(fd, graph.proxies[listener.frontend], listener);
  if (::listen(fd, backlog_of(graph, listener)) != 0) return Refusal{"cannot listen to socket", errno};
  return UniqueFd(fd);
}

Outcome open_one(const graph::Graph& graph, const graph::Listener& listener, FreshPaths& paths,
                 std::optional<Refusal>& warning) {
  switch (listener.address.family) {
    case AddressFamily::unix_path: return open_unix_path(graph, listener, paths);
    case AddressFamily::abstract_socket: return open_abstract(listener);
    case AddressFamily::inherited: return take_inherited(graph, listener);
    default: return open_tcp(graph, listener, warning);
  }
}

BindFinding describe(const graph::Listener& listener, const Refusal& refusal) {
  std::string const reason = refusal.text.empty() ? std::string(error_text(refusal.error)) : refusal.text;
  std::string where = listener.address.family == AddressFamily::abstract_socket
                          ? std::string()  // HAProxy prints the name's first byte on: nothing
                      : is_unix(listener) ? listener.address.host
                                          : parser::to_string(listener.address);
  if (listener.address.family == AddressFamily::ipv6)
    std::erase_if(where, [](char c) { return c == '[' || c == ']'; });
  std::string_view const link = is_unix(listener) ? "" : "for ";
  std::string const device = refusal.device.empty() ? "" : fmt::format(" '{}'", refusal.device);
  return {.span = listener.span,
          .listener = listener.id,
          .message = fmt::format("{}{} ({}) {}[{}]", refusal.what, device, reason, link, where),
          .fatal = refusal.device.empty(),
          .family = listener.address.family};
}

}  // namespace

bool is_shared(const graph::Listener& listener) {
  return is_unix(listener) || listener.address.family == AddressFamily::inherited;
}

int backlog_of(const graph::Graph& graph, const graph::Listener& listener) {
  graph::Proxy const& frontend = graph.proxies[listener.frontend];
  for (std::uint32_t wanted : {listener.backlog, frontend.backlog, frontend.maxconn, graph.global.maxconn})
    if (wanted != 0) return static_cast<int>(std::min<std::uint32_t>(wanted, 65535));
  return SOMAXCONN;
}

std::vector<UniqueFd> open_listener(const graph::Graph& graph, const graph::Listener& listener,
                                    std::uint32_t threads, FreshPaths& paths,
                                    std::vector<BindFinding>& findings) {
  std::vector<UniqueFd> opened;
  std::optional<Refusal> warning;
  const bool one_for_all = is_shared(listener) || graph.proxies[listener.frontend].is_peers;
  while (opened.size() < (one_for_all ? 1 : std::max(threads, 1U))) {
    Outcome one = open_one(graph, listener, paths, warning);
    if (opened.empty() && warning) findings.push_back(describe(listener, *warning));
    if (!one) {
      findings.push_back(describe(listener, one.error()));
      break;
    }
    opened.push_back(std::move(one.value()));
  }
  return opened;
}

bool begin_listening(const graph::Graph& graph, const graph::Listener& listener,
                     const std::vector<UniqueFd>& sockets, std::vector<BindFinding>& findings) {
  for (const UniqueFd& fd : sockets) {
    if (::listen(fd.get(), backlog_of(graph, listener)) == 0) continue;
    const bool unix_socket = is_unix(listener);
    findings.push_back(describe(
        listener, {unix_socket ? "cannot listen to UNIX socket" : "cannot listen to socket", errno}));
    return false;
  }
  return true;
}

// What can't be changed on a socket that is bound tells two apart, too.
std::string listener_identity(const graph::Listener& listener) {
  std::string identity = parser::to_string(listener.address) + ' ' + listener.network_namespace;
  if (listener.address.family == AddressFamily::unix_path)
    return identity + owner_identity(listener.unix_socket);
  if (is_unix(listener)) return identity;
  return identity + fmt::format(" {} {} {} {}", listener.interface, listener.transparent, listener.v4v6,
                                listener.v6only);
}

void renew_options(int fd, const graph::Graph& graph, const graph::Listener& listener) {
  if (!is_unix(listener)) {
    forget_inherited_options(fd);
    set_inherited_options(fd, graph.proxies[listener.frontend], listener);
    enable(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, listener.defer_accept ? 1 : 0);
    enable(fd, IPPROTO_TCP, TCP_SAVE_SYN, listener.saved_syn);
    enable(fd, IPPROTO_TCP, TCP_FASTOPEN, listener.fast_open ? backlog_of(graph, listener) : 0);
  }
  static_cast<void>(::listen(fd, backlog_of(graph, listener)));
}

}  // namespace shunt::runtime
