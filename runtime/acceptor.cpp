// Accepting in batches; a full process leaves clients in the backlog, and a lack of descriptors is not spun
// upon.
#include "runtime/acceptor.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "runtime/lack.hpp"
#include "runtime/memory_socket.hpp"
#include "runtime/socket_address.hpp"
#include "runtime/stream.hpp"

namespace shunt::runtime {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds resource_pause{100};
constexpr int batch = 64;

bool is_any(const fetchers::Endpoint& endpoint) {
  return std::all_of(endpoint.address.begin(), endpoint.address.end(),
                     [](std::uint8_t byte) { return byte == 0; });
}

// A socket bound to one address has that as the destination of all its connections.
fetchers::Endpoint fixed_destination(int fd, const graph::Listener& listener) {
  SocketAddress const bound = local_address(fd);
  fetchers::Endpoint endpoint = bound.size == 0 ? fetchers::Endpoint{} : to_endpoint(bound);
  bool const ip = endpoint.family == fetchers::Family::ipv4 || endpoint.family == fetchers::Family::ipv6;
  if (ip && (is_any(endpoint) || listener.transparent)) return {};
  return endpoint;
}

// A negative `mss` makes the segments of a connection smaller by that.
void reduce_segments(int fd, int by) {
  int size = 0;
  socklen_t length = sizeof size;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &size, &length) != 0 || size + by <= 0) return;
  size += by;
  ::setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &size, sizeof size);
}

}  // namespace

Acceptor::Acceptor(ThreadContext& thread, ListeningSockets& sockets, graph::ListenerId listener,
                   std::uint32_t thread_number, std::uint32_t process_limit)
    : thread_(thread),
      listener_(thread.graph().listeners[listener]),
      frontend_(thread.graph().proxies[listener_.frontend]),
      fd_(sockets.descriptor(listener, thread_number)),
      process_limit_(process_limit),
      admission_(thread.graph().global, listener_, frontend_, *thread.generation->state,
                 thread.counters->admission),
      bound_(fixed_destination(fd_, listener_)),
      shared_(sockets.shared(listener)),
      pauses_(sockets.pauses(listener)) {}

void Acceptor::start() {
  if (fd_ < 0) return;
  std::uint32_t const events = shared_ ? EPOLLIN | EPOLLEXCLUSIVE : std::uint32_t{EPOLLIN};
  if (thread_.engine.add(fd_, *this, 0, events)) state_now_ = State::listening;
}

void Acceptor::stop() {
  if (state_now_ == State::listening) thread_.engine.remove(fd_);
  thread_.engine.cancel(*this);
  state_now_ = State::stopped;
  for (MemorySocket* const one : std::exchange(arrived_, {})) {
    one->close();
    give_up_place();
  }
}

void Acceptor::hand_over() {
  deliver();
  stop();
  thread_.engine.withdraw(*this);
}

void Acceptor::drain() {
  while (state_now_ == State::listening && reserve())
    if (!take_one()) return;
}

bool Acceptor::reserve() {
  auto& all = thread_.counters->connections;
  bool const within = all.fetch_add(1, std::memory_order_relaxed) < process_limit_ || process_limit_ == 0;
  if (within && admission_.reserve()) {
    if (thread_.sockets->reserve(listener_, frontend_)) return true;
    admission_.release();
  }
  all.fetch_sub(1, std::memory_order_relaxed);
  thread_.counters->waiters.place_freed();
  return false;
}

void Acceptor::give_up_place() {
  thread_.counters->connections.fetch_sub(1, std::memory_order_relaxed);
  thread_.sockets->release(listener_, frontend_);
  admission_.release();
  thread_.counters->waiters.place_freed();  // who asked meanwhile was refused for it
}

// Only looks: who took a place to see whether there is one would make others wait for nothing.
bool Acceptor::place_is_free() const {
  std::uint32_t const all = thread_.counters->connections.load(std::memory_order_relaxed);
  return (process_limit_ == 0 || all < process_limit_) && admission_.has_place() &&
         thread_.sockets->has_place(listener_, frontend_);
}

void Acceptor::pause() {
  thread_.engine.remove(fd_);
  state_now_ = State::paused;
}

void Acceptor::suspend() {
  if (!pauses_) return;
  if (state_now_ == State::listening) pause();
  suspended_ = true;
}

void Acceptor::resume() {
  suspended_ = false;
  reconsider();
}

void Acceptor::reconsider() {
  if (state_now_ != State::paused || resource_pause_ || suspended_) return;
  if (!place_is_free()) {
    thread_.observer.await_place();
    if (!place_is_free()) return;
  }
  if (!wait_for_rates()) start();
}

// Clients above a rate stay in the backlog until its sliding second has room for one more.
bool Acceptor::wait_for_rates() {
  auto const delay = admission_.delay(thread_.engine.now());
  if (delay == Admission::Delay::zero()) return false;
  thread_.engine.schedule(*this, thread_.engine.now() + delay);
  return true;
}

void Acceptor::on_deadline() {
  resource_pause_ = false;
  reconsider();
}

void Acceptor::on_ready(unsigned, std::uint32_t) {
  std::uint32_t const most = thread_.graph().global.tune.maxaccept;
  std::uint32_t left = most != 0 ? most : batch;
  while (state_now_ == State::listening && left-- != 0) {
    if (admission_.delay(thread_.engine.now()) != Admission::Delay::zero() || !reserve()) {
      pause();
      return reconsider();
    }
    if (!take_one()) return;
  }
}

bool Acceptor::take_one() {
  SocketAddress peer;
  int const fd = ::accept4(fd_, peer.get(), &peer.size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    accepted(fd, peer);
    return true;
  }
  int const error = errno;
  give_up_place();
  if (Lack const lack = lack_at_socket(error); lack != Lack::other) {
    log_lack(thread_, frontend_, lack);
    resource_pause_ = true;
    pause();
    thread_.engine.schedule(*this, thread_.engine.now() + resource_pause);
    return false;
  }
  // A connection that was aborted in the backlog says nothing about the next one.
  return error == ECONNABORTED || error == EINTR || error == EPROTO;
}

// The streams begin from the engine, as those of a real socket would.
MemorySocket* Acceptor::connect_inside() {
  bool const open = state_now_ == State::listening && listener_.mss == 0;
  if (!open || admission_.delay(thread_.engine.now()) != Admission::Delay::zero() || !reserve())
    return nullptr;
  auto const [client, ours] = MemorySocket::make_pair(thread_.engine, thread_.relay);
  if (arrived_.empty()) thread_.engine.post(*this);
  arrived_.push_back(ours);
  admission_.count(thread_.engine.now());
  return client;
}

void Acceptor::deliver() {
  std::vector<MemorySocket*> const arrived = std::exchange(arrived_, {});
  for (MemorySocket* const one : arrived) begin({.memory = one}, {.family = fetchers::Family::unix_socket});
}

void Acceptor::accepted(int fd, const SocketAddress& peer) {
  if (listener_.mss < 0) reduce_segments(fd, listener_.mss);
  admission_.count(thread_.engine.now());
  begin({.fd = fd}, to_endpoint(peer));
}

void Acceptor::begin(const Wire& wire, const fetchers::Endpoint& source) {
  thread_.counters->accepted.fetch_add(1, std::memory_order_relaxed);
  AcceptedSocket socket{.wire = wire, .listener = listener_.id, .source = source, .destination = bound_};
  if (bound_.family == fetchers::Family::none) socket.destination = to_endpoint(local_address(wire.fd));
  Stream::start(thread_, socket);
}

}  // namespace shunt::runtime
