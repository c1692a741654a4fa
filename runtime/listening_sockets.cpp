// Opening listening sockets: options before bind(2), and unix sockets that replace stale ones without a gap.
#include "runtime/listening_sockets.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

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
};
using Outcome = Result<UniqueFd, Refusal>;

bool is_unix(const graph::Listener& listener) {
  return listener.address.family == AddressFamily::unix_path ||
         listener.address.family == AddressFamily::abstract_socket;
}

bool is_shared(const graph::Listener& listener) {
  return is_unix(listener) || listener.address.family == AddressFamily::inherited;
}

bool enable(int fd, int level, int option, int value = 1) {
  return ::setsockopt(fd, level, option, &value, sizeof value) == 0;
}

// Accepted connections inherit these, which spares a system call for each.
void set_inherited_options(int fd, const graph::Proxy& frontend) {
  enable(fd, IPPROTO_TCP, TCP_NODELAY);
  if (frontend.options.tcpka_client) enable(fd, SOL_SOCKET, SO_KEEPALIVE);
}

bool set_family_options(int fd, int family, const graph::Listener& listener) {
  if (family != AF_INET6) return !listener.transparent || enable(fd, SOL_IP, IP_TRANSPARENT);
  if (listener.v6only) enable(fd, IPPROTO_IPV6, IPV6_V6ONLY);
  if (listener.v4v6) enable(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  return !listener.transparent || enable(fd, SOL_IPV6, IPV6_TRANSPARENT);
}

int backlog_of(const graph::Graph& graph, const graph::Listener& listener) {
  graph::Proxy const& frontend = graph.proxies[listener.frontend];
  for (std::uint32_t wanted : {listener.backlog, frontend.backlog, frontend.maxconn, graph.global.maxconn})
    if (wanted != 0) return static_cast<int>(std::min<std::uint32_t>(wanted, 65535));
  return SOMAXCONN;
}

Outcome open_tcp(const graph::Graph& graph, const graph::Listener& listener) {
  SocketAddress const address = to_socket_address(listener.address, listener.address.port);
  UniqueFd fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return Refusal{"cannot create receiving socket", errno};
  enable(fd.get(), SOL_SOCKET, SO_REUSEADDR);
  enable(fd.get(), SOL_SOCKET, SO_REUSEPORT);
  if (!set_family_options(fd.get(), address.family(), listener))
    return Refusal{"cannot make listening socket transparent", errno};
  std::string const& device = listener.interface;
  if (!device.empty() && ::setsockopt(fd.get(), SOL_SOCKET, SO_BINDTODEVICE, device.c_str(),
                                      static_cast<socklen_t>(device.size() + 1)) != 0)
    return Refusal{"cannot bind listener to device", errno};
  set_inherited_options(fd.get(), graph.proxies[listener.frontend]);
  if (listener.defer_accept) enable(fd.get(), IPPROTO_TCP, TCP_DEFER_ACCEPT);
  if (::bind(fd.get(), address.get(), address.size) != 0) return Refusal{"cannot bind socket", errno};
  if (::listen(fd.get(), backlog_of(graph, listener)) != 0) return Refusal{"cannot listen to socket", errno};
  return fd;
}

int apply_owner(const std::string& path, const graph::UnixSocketOptions& options) {
  uid_t const uid = options.uid.value_or(static_cast<uid_t>(-1));
  gid_t const gid = options.gid.value_or(static_cast<gid_t>(-1));
  if ((options.uid || options.gid) && ::chown(path.c_str(), uid, gid) != 0) return errno;
  if (options.mode && ::chmod(path.c_str(), *options.mode) != 0) return errno;
  return 0;
}

// The socket comes into being under another name and takes the old one's place at once: clients always find
// one.
Outcome open_unix_path(const graph::Graph& graph, const graph::Listener& listener) {
  std::string const& path = listener.address.host;
  std::string const temporary = fmt::format("{}.{}.tmp", path, ::getpid());
  SocketAddress const address = unix_address(temporary, false);
  if (address.size == 0) return Refusal{.what = "cannot bind UNIX socket", .text = "path too long"};
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return Refusal{"cannot create UNIX socket", errno};
  ::unlink(temporary.c_str());
  int error = 0;
  if (::bind(fd.get(), address.get(), address.size) != 0) return Refusal{"cannot bind UNIX socket", errno};
  std::string_view what = "cannot change UNIX socket ownership";
  error = apply_owner(temporary, listener.unix_socket);
  if (error == 0 && ::listen(fd.get(), backlog_of(graph, listener)) != 0) {
    what = "cannot listen to UNIX socket";
    error = errno;
  }
  if (error == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) {
    what = "cannot switch final and temporary UNIX sockets";
    error = errno;
  }
  if (error == 0) return fd;
  ::unlink(temporary.c_str());
  return Refusal{what, error};
}

Outcome open_abstract(const graph::Graph& graph, const graph::Listener& listener) {
  SocketAddress const address = unix_address(listener.address.host, true);
  if (address.size == 0) return Refusal{.what = "cannot bind UNIX socket", .text = "path too long"};
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return Refusal{"cannot create UNIX socket", errno};
  if (::bind(fd.get(), address.get(), address.size) != 0) {
    if (errno == EADDRINUSE) return Refusal{.what = "cannot bind UNIX socket", .text = "already in use"};
    return Refusal{"cannot bind UNIX socket", errno};
  }
  if (::listen(fd.get(), backlog_of(graph, listener)) != 0)
    return Refusal{"cannot listen to UNIX socket", errno};
  return fd;
}

Outcome take_inherited(const graph::Graph& graph, const graph::Listener& listener) {
  int const fd = listener.address.inherited_fd;
  int const flags = ::fcntl(fd, F_GETFL);
  if (flags < 0) return Refusal{"cannot use file descriptor", errno};
  ::fcntl(fd, F_SETFL, flags | O_NONBLOCK);
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  set_inherited_options(fd, graph.proxies[listener.frontend]);
  if (::listen(fd, backlog_of(graph, listener)) != 0) return Refusal{"cannot listen to socket", errno};
  return UniqueFd(fd);
}

Outcome open_one(const graph::Graph& graph, const graph::Listener& listener) {
  switch (listener.address.family) {
    case AddressFamily::unix_path: return open_unix_path(graph, listener);
    case AddressFamily::abstract_socket: return open_abstract(graph, listener);
    case AddressFamily::inherited: return take_inherited(graph, listener);
    default: return open_tcp(graph, listener);
  }
}

ListenError describe(const graph::Listener& listener, const Refusal& refusal) {
  std::string const reason = refusal.text.empty() ? std::strerror(refusal.error) : refusal.text;
  std::string const where = listener.address.family == AddressFamily::abstract_socket
                                ? std::string()  // HAProxy prints the name's first byte on: nothing
                            : is_unix(listener) ? listener.address.host
                                                : parser::to_string(listener.address);
  std::string_view const link = is_unix(listener) ? "" : "for ";
  return {.listener = listener.id,
          .message = fmt::format("{} ({}) {}[{}]", refusal.what, reason, link, where)};
}

}  // namespace

struct ListeningSockets::Data {
  // By listener: one descriptor per thread, or a single shared one.
  std::vector<std::vector<UniqueFd>> descriptors;
  std::vector<bool> inherited;                       // by listener
  std::vector<std::atomic<std::uint32_t>> reserved;  // by proxy
};

ListeningSockets::ListeningSockets(std::unique_ptr<Data> data) : data_(std::move(data)) {}
ListeningSockets::~ListeningSockets() = default;

Result<std::unique_ptr<ListeningSockets>, ListenError> ListeningSockets::open(const graph::Graph& graph,
                                                                              std::uint32_t threads) {
  auto data = std::make_unique<Data>();
  data->descriptors.resize(graph.listeners.size());
  data->inherited.resize(graph.listeners.size());
  data->reserved = std::vector<std::atomic<std::uint32_t>>(graph.proxies.size());
  for (graph::Listener const& listener : graph.listeners) {
    if (graph.proxies[listener.frontend].disabled) continue;
    data->inherited[listener.id] = listener.address.family == AddressFamily::inherited;
    std::uint32_t const count = is_shared(listener) ? 1 : std::max(threads, 1U);
    for (std::uint32_t i = 0; i < count; ++i) {
      Outcome opened = open_one(graph, listener);
      if (!opened) return describe(listener, opened.error());
      data->descriptors[listener.id].push_back(std::move(opened.value()));
    }
  }
  return std::unique_ptr<ListeningSockets>(new ListeningSockets(std::move(data)));
}

int ListeningSockets::descriptor(graph::ListenerId listener, std::uint32_t thread) const {
  auto const& own = data_->descriptors[listener];
  if (own.empty()) return -1;
  return own[std::min<std::size_t>(thread, own.size() - 1)].get();
}

bool ListeningSockets::shared(graph::ListenerId listener) const {
  return data_->descriptors[listener].size() == 1;
}

// Threads may still have them in their epoll sets, so the numbers stay taken. An inherited socket is someone
// else's, too.
void ListeningSockets::close_all() {
  for (std::size_t i = 0; i < data_->descriptors.size(); ++i) {
    if (data_->inherited[i]) continue;
    for (UniqueFd const& fd : data_->descriptors[i]) ::shutdown(fd.get(), SHUT_RDWR);
  }
}

bool ListeningSockets::reserve(const graph::Proxy& frontend) {
  if (frontend.maxconn == 0) return true;
  if (data_->reserved[frontend.id].fetch_add(1, std::memory_order_relaxed) < frontend.maxconn) return true;
  release(frontend);
  return false;
}

void ListeningSockets::release(const graph::Proxy& frontend) {
  if (frontend.maxconn != 0) data_->reserved[frontend.id].fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace shunt::runtime
