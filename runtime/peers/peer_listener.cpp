// Accepting.
#include "runtime/peers/peer_listener.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <utility>

namespace shunt::runtime {

using boost::system::error_code;

// One descriptor of our own, so that the caller's can be given to another one.
struct PeerListener::Data : std::enable_shared_from_this<Data> {
  Data(boost::asio::io_context& io, int descriptor, Accepted told)
      : socket(io), rest(io), accepted(std::move(told)) {
    if (const int own = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0); own >= 0) socket.assign(own);
  }

  void wait() {
    if (!socket.is_open()) return;
    socket.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                      [self = shared_from_this()](const error_code& error) {
                        if (!error && self->socket.is_open()) self->ready();
                      });
  }

  // While the listener pauses, or descriptors lack, there is nothing to be had.
  void ready() {
    UniqueFd client(::accept4(socket.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (client) {
      accepted(std::move(client));
      return wait();
    }
    if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED) return wait();
    rest.expires_after(std::chrono::milliseconds(200));
    rest.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error && self->socket.is_open()) self->wait();
    });
  }

  void close() {
    rest.cancel();
    error_code ignored;
    if (socket.is_open()) socket.close(ignored);
  }

  boost::asio::posix::stream_descriptor socket;
  boost::asio::steady_timer rest;
  Accepted accepted;
};

PeerListener::PeerListener(boost::asio::io_context& io, int descriptor, Accepted accepted)
    : data_(std::make_shared<Data>(io, descriptor, std::move(accepted))) {
  data_->wait();
}

PeerListener::~PeerListener() { data_->close(); }

}  // namespace shunt::runtime
