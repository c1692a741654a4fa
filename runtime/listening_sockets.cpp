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
#include <optional>

#include "parser/result.hpp"
#include "runtime/error_text.hpp"
#include "runtime/keep_alive.hpp"
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

bool is_shared(const graph::Listener& listener) {
  return is_unix(listener) || listener.address.family == AddressFamily::inherited;
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

int backlog_of(const graph::Graph& graph, const graph::Listener& listener) {
  graph::Proxy const& frontend = graph.proxies[listener.frontend];
  for (std::uint32_t wanted : {listener.backlog, frontend.backlog, frontend.maxconn, graph.global.maxconn})
    if (wanted != 0) return static_cast<int>(std::min<std::uint32_t>(wanted, 65535));
  return SOMAXCONN;
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
  UniqueFd fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
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
  set_inherited_options(fd, graph.proxies[listener.frontend], listener);
  if (::listen(fd, backlog_of(graph, listener)) != 0) return Refusal{"cannot listen to socket", errno};
  return UniqueFd(fd);
}

Outcome open_one(const graph::Graph& graph, const graph::Listener& listener,
                 std::optional<Refusal>& warning) {
  switch (listener.address.family) {
    case AddressFamily::unix_path: return open_unix_path(graph, listener);
    case AddressFamily::abstract_socket: return open_abstract(graph, listener);
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

// One descriptor, or one for each thread; fewer after a failure.
std::vector<UniqueFd> open_all(const graph::Graph& graph, const graph::Listener& listener,
                               std::uint32_t threads, std::vector<BindFinding>& findings) {
  std::vector<UniqueFd> opened;
  std::optional<Refusal> warning;
  while (opened.size() < (is_shared(listener) ? 1 : std::max(threads, 1U))) {
    Outcome one = open_one(graph, listener, warning);
    if (opened.empty() && warning) findings.push_back(describe(listener, *warning));
    if (!one) {
      findings.push_back(describe(listener, one.error()));
      break;
    }
    opened.push_back(std::move(one.value()));
  }
  return opened;
}

}  // namespace

struct ListeningSockets::Data {
  // By listener: one descriptor per thread, or a single shared one.
  std::vector<std::vector<UniqueFd>> descriptors;
  std::vector<bool> inherited;                        // by listener
  std::vector<int> backlogs;                          // by listener; 0: it does not pause
  std::vector<std::atomic<std::uint32_t>> reserved;   // by proxy
  std::vector<std::atomic<std::uint32_t>> connected;  // by listener
};

namespace {

// Takes one of `most` places (0: there is no limit).
bool take(std::atomic<std::uint32_t>& taken, std::uint32_t most) {
  if (most == 0 || taken.fetch_add(1, std::memory_order_relaxed) < most) return true;
  taken.fetch_sub(1, std::memory_order_relaxed);
  return false;
}

void give_back(std::atomic<std::uint32_t>& taken, std::uint32_t most) {
  if (most != 0) taken.fetch_sub(1, std::memory_order_relaxed);
}

bool has_room(const std::atomic<std::uint32_t>& taken, std::uint32_t most) {
  return most == 0 || taken.load(std::memory_order_relaxed) < most;
}

}  // namespace

ListeningSockets::ListeningSockets(std::unique_ptr<Data> data) : data_(std::move(data)) {}
ListeningSockets::~ListeningSockets() = default;

std::unique_ptr<ListeningSockets> ListeningSockets::open(const graph::Graph& graph, std::uint32_t threads,
                                                         std::vector<BindFinding>& findings) {
  auto data = std::make_unique<Data>();
  data->descriptors.resize(graph.listeners.size());
  data->inherited.resize(graph.listeners.size());
  data->backlogs.resize(graph.listeners.size());
  data->reserved = std::vector<std::atomic<std::uint32_t>>(graph.proxies.size());
  data->connected = std::vector<std::atomic<std::uint32_t>>(graph.listeners.size());
  for (graph::Listener const& listener : graph.listeners) {
    if (graph.proxies[listener.frontend].disabled) continue;
    if (!is_shared(listener)) data->backlogs[listener.id] = backlog_of(graph, listener);
    data->inherited[listener.id] = listener.address.family == AddressFamily::inherited;
    data->descriptors[listener.id] = open_all(graph, listener, threads, findings);
  }
  if (any_fatal(findings)) return nullptr;
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

bool ListeningSockets::pauses(graph::ListenerId listener) const { return data_->backlogs[listener] != 0; }

void ListeningSockets::pause_all() {
  for (std::size_t i = 0; i < data_->descriptors.size(); ++i) {
    if (data_->backlogs[i] == 0) continue;
    for (UniqueFd const& fd : data_->descriptors[i]) ::shutdown(fd.get(), SHUT_RD);
  }
}

std::vector<graph::ListenerId> ListeningSockets::resume_all() {
  std::vector<graph::ListenerId> failed;
  for (std::size_t i = 0; i < data_->descriptors.size(); ++i) {
    if (data_->backlogs[i] == 0) continue;
    bool const all = std::ranges::all_of(data_->descriptors[i], [&](UniqueFd const& fd) {
      return ::listen(fd.get(), data_->backlogs[i]) == 0;
    });
    if (!all) failed.push_back(static_cast<graph::ListenerId>(i));
  }
  return failed;
}

// Threads may still have them in their epoll sets, so the numbers stay taken. An inherited socket is someone
// else's, too.
void ListeningSockets::close_all() {
  for (std::size_t i = 0; i < data_->descriptors.size(); ++i) {
    if (data_->inherited[i]) continue;
    for (UniqueFd const& fd : data_->descriptors[i]) ::shutdown(fd.get(), SHUT_RDWR);
  }
}

bool ListeningSockets::reserve(const graph::Listener& listener, const graph::Proxy& frontend) {
  if (!take(data_->connected[listener.id], listener.maxconn)) return false;
  if (take(data_->reserved[frontend.id], frontend.maxconn)) return true;
  give_back(data_->connected[listener.id], listener.maxconn);
  return false;
}

bool ListeningSockets::has_place(const graph::Listener& listener, const graph::Proxy& frontend) const {
  return has_room(data_->connected[listener.id], listener.maxconn) &&
         has_room(data_->reserved[frontend.id], frontend.maxconn);
}

void ListeningSockets::release(const graph::Listener& listener, const graph::Proxy& frontend) {
  give_back(data_->connected[listener.id], listener.maxconn);
  give_back(data_->reserved[frontend.id], frontend.maxconn);
}

}  // namespace shunt::runtime
