// Reading and writing of one connection between peers.
#include "runtime/peers/peer_connection.hpp"

#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>

#include "route/table_clock.hpp"
#include "runtime/tls/outgoing_tls.hpp"
#include "runtime/tls/tls_connection.hpp"
#include "runtime/tls/tls_context.hpp"

namespace shunt::runtime {
namespace {

using boost::system::error_code;
using namespace std::chrono_literals;

constexpr auto connect_limit = 1s;  // a connect that gets no answer is tried again
constexpr auto greeting_limit = 5s;
constexpr auto beat_interval = 3s;
constexpr auto longest_silence = 5s;
constexpr auto longest_blockade = 10s;  // of a peer that doesn't read
constexpr std::size_t output_at_once = 64U << 10;
constexpr std::size_t most_output = 4U << 20;  // of answers to who sends and doesn't read
constexpr int turns = 16;                      // until others get theirs

route::TableTime table_now() { return route::table_time(route::Clock::now()); }

}  // namespace

PeerConnection::PeerConnection(boost::asio::io_context& io, TlsTools& tls_tools, PeerHost& host, int fd)
    : io_(io), tls_tools_(tls_tools), host_(&host), socket_(io), timer_(io), transport_(fd) {
  socket_.assign(fd);
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

// ---- beginning and end

void PeerConnection::accept(const TlsContext* tls) {
  limit(greeting_limit);
  phase_ = Phase::hello;
  if (tls != nullptr) return begin_handshake(TlsConnection::accept(*tls, transport_.wire(), tls_tools_));
  readable();
}

void PeerConnection::call(std::shared_ptr<const OutgoingTls> tls, std::string name) {
  outgoing_ = true;
  tls_ = std::move(tls);
  name_ = std::move(name);
  phase_ = Phase::connecting;
  limit(connect_limit);
  await(true, &PeerConnection::connected);
}

void PeerConnection::close() {
  host_ = nullptr;
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  timer_.cancel();
  socket_.release();
  transport_.close();
}

void PeerConnection::end() {
  PeerHost* const host = host_;
  close();
  if (host != nullptr) host->ended(*this);
}

void PeerConnection::give_session(std::span<const SharedTable> tables, std::vector<PeerProgress>& progress,
                                  bool timed) {
  session_.emplace(tables, progress, timed, *this);
}

void PeerConnection::lesson_ended(bool complete) {
  if (host_ != nullptr) host_->lesson_ended(*this, complete);
}
void PeerConnection::lesson_confirmed() {
  if (host_ != nullptr) host_->lesson_confirmed(*this);
}
bool PeerConnection::knows_all() const { return host_ != nullptr && host_->knows_all(); }

// ---- time

void PeerConnection::limit(std::chrono::milliseconds time) {
  timer_.expires_after(time);
  timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error && self->phase_ != Phase::talking && self->phase_ != Phase::closed) self->end();
  });
}

void PeerConnection::watch_silence() {
  timer_.expires_at(std::min(heard_ + longest_silence, spoke_ + beat_interval));
  timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (error || self->phase_ != Phase::talking) return;
    const auto now = Clock::now();
    const bool stuck = self->writing_ && now >= self->blocked_ + longest_blockade;
    if (stuck || now >= self->heard_ + longest_silence) return self->end();
    if (now >= self->spoke_ + beat_interval) {
      if (self->session_->output().empty()) self->session_->beat();
      self->spoke_ = now;
      self->push();
    }
    if (self->phase_ == Phase::talking) self->watch_silence();
  });
}

void PeerConnection::await(bool output, Ready next) {
  using Socket = boost::asio::posix::stream_descriptor;
  socket_.async_wait(output ? Socket::wait_write : Socket::wait_read,
                     [self = shared_from_this(), next](const error_code& error) {
                       if (!error && self->phase_ != Phase::closed) (self.get()->*next)();
                     });
}

// ---- until both know each other

void PeerConnection::connected() {
  if (transport_.take_error() != 0) return end();
  limit(greeting_limit);
  if (tls_ != nullptr)
    return begin_handshake(TlsConnection::connect(*tls_, {.server_name = {}, .protocols = {}, .before = {}},
                                                  transport_.wire(), tls_tools_));
  say_hello();
}

void PeerConnection::begin_handshake(TlsConnection* tls) {
  if (tls == nullptr) return end();
  transport_.set_tls(tls);
  phase_ = Phase::handshake;
  shake_hands();
}

void PeerConnection::shake_hands() {
  TlsConnection& tls = *transport_.tls();
  tls.on_readable(false);
  switch (tls.handshake()) {
    case HandshakeStatus::waiting: return await(tls.has_unsent(), &PeerConnection::shake_hands);
    case HandshakeStatus::established: break;
    default: return end();
  }
  phase_ = Phase::hello;
  outgoing_ ? say_hello() : readable();
}

void PeerConnection::say_hello() {
  phase_ = Phase::hello;
  plain_ = hello_text(name_, host_->local_name());
  push();
  if (phase_ != Phase::closed) readable();
}

void PeerConnection::talk() {
  phase_ = Phase::talking;
  heard_ = spoke_ = Clock::now();
  watch_silence();
  host_->established(*this);
}

// ---- what is heard

void PeerConnection::readable() {
  std::array<char, 16384> bytes;
  if (transport_.tls() != nullptr) transport_.tls()->on_readable(false);
  for (int turn = 0; turn < turns; ++turn) {
    const IoResult result = transport_.read(bytes.data(), bytes.size());
    if (result.bytes != 0) heard_ = Clock::now();
    if (result.bytes != 0 && !understand({bytes.data(), result.bytes})) return end();
    if (phase_ == Phase::closed) return;
    if (session_ && session_->output().size() > most_output) return end();
    if (result.status == IoStatus::ended || result.status == IoStatus::failed) return end();
    if (result.status == IoStatus::ok) continue;
    push();
    if (phase_ != Phase::closed) await(false, &PeerConnection::readable);
    return;
  }
  push();
  boost::asio::post(io_, [self = shared_from_this()] {
    if (self->phase_ != Phase::closed) self->readable();
  });
}

bool PeerConnection::understand(std::string_view bytes) {
  if (phase_ == Phase::hello && !(outgoing_ ? understand_answer(bytes) : understand_hello(bytes)))
    return false;
  if (phase_ != Phase::talking || bytes.empty()) return true;
  if (session_->receive(bytes, table_now())) return true;
  misunderstood_ = !session_->output().ends_with("\x01\x01");
  std::ignore = write();  // why
  return false;
}

// Who is not let in is told so, and that is all.
bool PeerConnection::understand_hello(std::string_view& bytes) {
  auto status = hello_.take(bytes, host_->local_name());
  if (!status) return true;
  if (*status == PeerStatus::succeeded) status = host_->greeted(*this, hello_.hello());
  plain_ = fmt::format("{}\n", static_cast<unsigned>(*status));
  if (*status == PeerStatus::succeeded) return talk(), phase_ != Phase::closed;
  std::ignore = write();
  std::ignore = transport_.shutdown_write();
  return false;
}

bool PeerConnection::understand_answer(std::string_view& bytes) {
  const auto status = answer_.take(bytes);
  if (!status) return true;
  host_->answered(*this, *status);
  if (!session_) return false;
  talk();
  return phase_ != Phase::closed;
}

// ---- what is said

void PeerConnection::push() {
  if (writing_ || phase_ == Phase::connecting || phase_ == Phase::handshake || phase_ == Phase::closed)
    return;
  for (int turn = 0; turn < turns; ++turn) {
    const bool more = session_ && phase_ == Phase::talking && session_->fill(output_at_once, table_now());
    if (!write()) return;
    if (!more) return;
  }
  boost::asio::post(io_, [self = shared_from_this()] { self->push(); });
}

// False: not everything could be said, or it is over.
bool PeerConnection::write() {
  for (std::string* text : {&plain_, session_ ? &session_->output() : nullptr}) {
    if (text == nullptr) continue;
    std::size_t said = 0;
    while (said < text->size() || transport_.has_unsent()) {
      const IoResult result =
          said < text->size() ? transport_.write(std::string_view(*text).substr(said)) : transport_.flush();
      said += result.bytes;
      if (result.bytes != 0) spoke_ = Clock::now();
      if (result.status == IoStatus::failed) return end(), false;
      if (result.status != IoStatus::drained) continue;
      if (said == text->size() && !transport_.has_unsent()) break;
      text->erase(0, said);
      writing_ = true;
      blocked_ = Clock::now();
      await(true, &PeerConnection::writable);
      return false;
    }
    text->clear();
  }
  return true;
}

void PeerConnection::writable() {
  writing_ = false;
  push();
}

}  // namespace shunt::runtime
