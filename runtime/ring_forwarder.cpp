// Sends the lines of rings to their servers, on the main thread.
#include "runtime/ring_forwarder.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>
#include <string>
#include <utility>

#include "runtime/socket_address.hpp"

namespace shunt::runtime {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using graph::Milliseconds;
using Clock = std::chrono::steady_clock;

constexpr std::size_t batch_size = 16U << 10;
constexpr int batches_at_once = 64;
constexpr Milliseconds between_attempts{1000};

SocketAddress address_of(const graph::RingServer& server) {
  if (server.path.empty()) return to_socket_address(server.endpoint);
  const bool abstract = server.path[0] == '\0';
  return unix_address(std::string_view(server.path).substr(abstract ? 1 : 0), abstract);
}

}  // namespace

// One server. Its callbacks hold it, so that it may be stopped at any time.
class RingForwarder : public std::enable_shared_from_this<RingForwarder> {
 public:
  RingForwarder(asio::io_context& io, std::shared_ptr<LogRing> ring, const graph::RingServer& server)
      : ring_(std::move(ring)),
        server_(server),
        reader_(reader_name(server)),
        address_(address_of(server)),
        timer_(io),
        socket_(io) {}

  [[nodiscard]] bool is_of(const LogRing& ring, const std::string& reader) const {
    return ring_.get() == &ring && reader_ == reader;
  }
  void set_times(const graph::Ring& ring) {
    connect_ = ring.connect.value_or(Milliseconds{0});
    send_ = ring.send.value_or(Milliseconds{0});
  }

  void begin();
  void lines_came() {
    if (connected_ && !blocked_) send_lines();
  }
  // Tries to get rid of what is there.
  void finish() {
    lines_came();
    stop();
  }
  // The server is not the ring's any more.
  void leave() {
    finish();
    ring_->forget(reader_);
  }
  void stop() {
    stopped_ = true;
    timer_.cancel();
    close();
  }

 private:
  void wait_for_connection();
  void connected();
  void send_lines();
  bool send_batch();
  void await_room();
  void await_end();
  void lost();
  void close();
  [[nodiscard]] bool is_current(std::uint64_t attempt) const { return !stopped_ && attempt == attempt_; }
  // `then` when the time is over; 0: never.
  void limit(Milliseconds time, void (RingForwarder::*then)());

  std::shared_ptr<LogRing> ring_;
  graph::RingServer server_;
  std::string reader_;
  SocketAddress address_;
  Milliseconds connect_{0}, send_{0};
  asio::steady_timer timer_;
  asio::posix::stream_descriptor socket_;
  Clock::time_point began_;
  std::string batch_;
  std::vector<SentLine> lines_;  // of the batch
  std::size_t sent_ = 0;         // of the batch
  std::uint64_t attempt_ = 0;    // so that what still comes of an earlier one is passed over
  bool connected_ = false, blocked_ = false, stopped_ = false;
};

void RingForwarder::limit(Milliseconds time, void (RingForwarder::*then)()) {
  timer_.cancel();
  if (time.count() == 0) return;
  timer_.expires_after(time);
  timer_.async_wait([self = shared_from_this(), then, of = attempt_](const error_code& error) {
    if (!error && self->is_current(of)) (self.get()->*then)();
  });
}

void RingForwarder::begin() {
  began_ = Clock::now();
  const int fd = ::socket(address_.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return lost();
  socket_.assign(fd);
  if (::connect(fd, address_.get(), address_.size) != 0 && errno != EINPROGRESS) return lost();
  limit(connect_, &RingForwarder::lost);
  wait_for_connection();
}

void RingForwarder::wait_for_connection() {
  socket_.async_wait(asio::posix::stream_descriptor::wait_write,
                     [self = shared_from_this(), of = attempt_](const error_code& error) {
                       if (!error && self->is_current(of)) self->connected();
                     });
}

void RingForwarder::connected() {
  int error = 0;
  socklen_t size = sizeof(error);
  ::getsockopt(socket_.native_handle(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return lost();
  timer_.cancel();
  connected_ = true;
  await_end();
  send_lines();
}

// False: the socket takes no more for now, there is nothing more, or the connection is gone.
bool RingForwarder::send_batch() {
  if (sent_ == batch_.size()) {
    batch_.clear();
    lines_.clear();
    sent_ = 0;
    ring_->read(reader_, server_.counts_octets, batch_size, batch_, lines_);
    if (batch_.empty()) return false;
  }
  const auto done =
      ::send(socket_.native_handle(), batch_.data() + sent_, batch_.size() - sent_, MSG_NOSIGNAL);
  if (done < 0 && errno == EINTR) return true;
  if (done < 0) {
    if (errno == EAGAIN || errno == EWOULDBLOCK)
      await_room();
    else
      lost();
    return false;
  }
  sent_ += static_cast<std::size_t>(done);
  return true;
}

void RingForwarder::send_lines() {
  for (int batch = 0; batch < batches_at_once; ++batch)
    if (!send_batch()) return;
  asio::post(socket_.get_executor(), [self = shared_from_this()] { self->lines_came(); });
}

void RingForwarder::await_room() {
  if (stopped_) return;
  blocked_ = true;
  limit(send_, &RingForwarder::lost);
  socket_.async_wait(asio::posix::stream_descriptor::wait_write,
                     [self = shared_from_this(), of = attempt_](const error_code& error) {
                       if (error || !self->is_current(of)) return;
                       self->blocked_ = false;
                       self->timer_.cancel();
                       self->send_lines();
                     });
}

// A server has nothing to say; that it goes is seen here.
void RingForwarder::await_end() {
  socket_.async_wait(asio::posix::stream_descriptor::wait_read, [self = shared_from_this(),
                                                                 of = attempt_](const error_code& error) {
    if (error || !self->is_current(of)) return;
    std::array<char, 4096> nothing;
    const auto got = ::recv(self->socket_.native_handle(), nothing.data(), nothing.size(), MSG_DONTWAIT);
    if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR))) return self->await_end();
    self->lost();
  });
}

// Lines that were not handed over whole are sent again. A server that goes at once is not asked all the time.
void RingForwarder::lost() {
  close();
  const auto since = std::chrono::duration_cast<Milliseconds>(Clock::now() - began_);
  if (since < between_attempts) return limit(between_attempts - since, &RingForwarder::begin);
  limit(Milliseconds{1}, &RingForwarder::begin);
}

void RingForwarder::close() {
  if (connected_) {
    const auto whole =
        std::ranges::find_if(lines_, [this](const SentLine& line) { return line.end > sent_; });
    ring_->detach(reader_, whole != lines_.end() ? whole->number : ring_->place_of(reader_));
  }
  ++attempt_;
  connected_ = blocked_ = false;
  batch_.clear();
  lines_.clear();
  sent_ = 0;
  error_code ignored;
  if (socket_.is_open()) socket_.close(ignored);  // NOLINT(bugprone-unused-return-value)
}

RingForwarders::RingForwarders(asio::io_context& io, LogRings& rings)
    : io_(io), rings_(rings), bell_(io, ::dup(rings.bell().descriptor())) {
  await_lines();
}

RingForwarders::~RingForwarders() {
  for (const auto& each : forwarders_) each->stop();
}

void RingForwarders::await_lines() {
  bell_.async_wait(asio::posix::stream_descriptor::wait_read, [this](const error_code& error) {
    if (error) return;
    rings_.bell().answer();
    for (const auto& each : forwarders_) each->lines_came();
    await_lines();
  });
}

void RingForwarders::adopt(const std::vector<graph::Ring>& rings) {
  std::vector<std::shared_ptr<RingForwarder>> next;
  for (const graph::Ring& ring : rings) {
    const auto lines = rings_.find(ring.name);
    if (!lines) continue;
    for (const graph::RingServer& server : ring.servers) {
      const auto known = std::ranges::find_if(forwarders_, [&](const auto& each) {
        return each != nullptr && each->is_of(*lines, reader_name(server));
      });
      const bool stays = known != forwarders_.end();
      next.push_back(stays ? std::exchange(*known, nullptr)
                           : std::make_shared<RingForwarder>(io_, lines, server));
      next.back()->set_times(ring);
      if (!stays) next.back()->begin();
    }
  }
  for (const auto& gone : forwarders_)
    if (gone != nullptr) gone->leave();
  forwarders_ = std::move(next);
}

void RingForwarders::finish() {
  for (const auto& each : forwarders_) each->finish();
  forwarders_.clear();
  error_code ignored;
  bell_.close(ignored);  // NOLINT(bugprone-unused-return-value)
}

}  // namespace shunt::runtime
