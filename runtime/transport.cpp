// The plain half of a transport; the TLS half is asked where there is one.
#include "runtime/transport.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "runtime/memory_socket.hpp"
#include "runtime/packet_options.hpp"
#include "runtime/tls/tls_connection.hpp"

namespace shunt::runtime {
namespace {

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

// A short answer means that the socket has no more (or takes no more) until it says so again: one system call
// is spared.
IoResult outcome(ssize_t done, std::size_t wanted) {
  if (done >= 0) {
    auto const bytes = static_cast<std::size_t>(done);
    return {.bytes = bytes, .status = bytes < wanted ? IoStatus::drained : IoStatus::ok};
  }
  if (would_block(errno)) return {.status = IoStatus::drained};
  if (errno == EINTR) return {.status = IoStatus::ok};
  return {.status = IoStatus::failed, .error = errno};
}

}  // namespace

Transport& Transport::operator=(Transport&& other) noexcept {
  if (this != &other) {
    close();
    tls_ = std::exchange(other.tls_, nullptr);
    wire_ = std::exchange(other.wire_, {});
  }
  return *this;
}

IoResult Transport::read(char* to, std::size_t size) {
  if (tls_) return tls_->read(to, size);
  ssize_t const got = wire_.receive(to, size);
  if (got == 0 && size != 0) return {.status = IoStatus::ended};
  return outcome(got, size);
}

IoResult Transport::write(std::string_view bytes) {
  if (tls_) return tls_->write(bytes);
  return outcome(wire_.send(bytes), bytes.size());
}

bool Transport::has_unsent() const { return tls_ && tls_->has_unsent(); }

IoResult Transport::flush() { return tls_ ? tls_->flush() : IoResult{}; }

IoResult Transport::shutdown_write() {
  if (tls_) {
    IoResult const closing = tls_->close_notify();
    if (closing.status != IoStatus::ok) return closing;
  }
  if (wire_.memory) {
    wire_.memory->shutdown_write();
    return {};
  }
  if (::shutdown(wire_.fd, SHUT_WR) != 0 && errno != ENOTCONN)
    return {.status = IoStatus::failed, .error = errno};
  return {};
}

bool Transport::watch(Engine& engine, Handler& handler, unsigned side, std::uint32_t events) const {
  if (!wire_.memory) return engine.add(wire_.fd, handler, side, events);
  wire_.memory->watch(handler, side, events);
  return true;
}

bool Transport::watch_for(Engine& engine, Handler& handler, unsigned side, std::uint32_t events) const {
  if (!wire_.memory) return engine.modify(wire_.fd, handler, side, events);
  wire_.memory->watch(handler, side, events);
  return true;
}

int Transport::take_error() const {
  if (wire_.memory) return wire_.memory->take_error();
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(wire_.fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

void Transport::reset_on_close() {
  if (wire_.memory) return;  // as for unix sockets: unread bytes decide
  linger const at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(wire_.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void Transport::leave_unread() {
  if (wire_.memory) return wire_.memory->leave_unread();
  reset_on_close();
}

void Transport::vanish_on_close(std::optional<std::uint8_t> ttl) {
  int const on = 1;
  // What is not acknowledged yet would be sent again, and then the kernel would say that nobody is there.
  ::setsockopt(wire_.fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
  if (!ttl && ::setsockopt(wire_.fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof on) == 0) return;
  set_hop_limit(wire_.fd, ttl.value_or(1));
  reset_on_close();
}

void Transport::close() {
  if (tls_) destroy(std::exchange(tls_, nullptr));
  Wire const wire = std::exchange(wire_, {});
  if (wire.memory) wire.memory->close();
  if (wire.fd >= 0) ::close(wire.fd);
}

}  // namespace shunt::runtime
