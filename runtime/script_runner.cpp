// Sockets of scripted checks: connect, handshake, send, read, and how each connection is closed.
#include "runtime/script_runner.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "runtime/drain.hpp"
#include "runtime/error_text.hpp"
#include "runtime/health_plan.hpp"
#include "runtime/tls/outgoing_tls.hpp"
#include "runtime/tls/tls_connection.hpp"

namespace shunt::runtime {

using boost::system::error_code;
using graph::CheckOutcome;
using Need = CheckRun::Need;

void ScriptRunner::run(const graph::CheckProgram& program, CheckTools tools, ScriptSurroundings surroundings,
                       Done done) {
  http_ = program.kind == graph::CheckKind::http;
  surroundings_ = std::move(surroundings);
  done_ = std::move(done);
  due_ = Clock::time_point::max();
  connect_ = nullptr;
  reset_ = 0;
  run_.emplace(program, std::move(tools));
  go_on();
}

void ScriptRunner::stop() {
  run_.reset();
  done_ = {};
  timer_.cancel();
  close(false);
}

void ScriptRunner::go_on() {
  const Need need = run_->advance();
  if (reset_ != 0 && need == Need::connection)  // a `send` finds out by itself
    return fail(CheckOutcome::socket_error, error_text(reset_));
  if (need != Need::output && !header_.empty() && !send_header(0))
    return fail(CheckOutcome::l4_problem, error_text(errno));
  switch (need) {
    case Need::connection: return open();
    case Need::output: return write();
    case Need::input: return await_input();
    case Need::nothing: return finish();
  }
}

// ---- time

void ScriptRunner::limit(Clock::time_point end) {
  timer_.expires_at(end_ = end);
  timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error && self->run_) self->time_is_over();
  });
}

void ScriptRunner::time_is_over() {
  if (Clock::now() < end_) return;
  const CheckOutcome phase = in_handshake_ ? CheckOutcome::l6_timeout
                             : connecting_ ? CheckOutcome::l4_timeout
                                           : CheckOutcome::l7_timeout;
  run_->late(phase);
  finish();
}

// ---- connections

bool ScriptRunner::uses_tls() const {
  return surroundings_.tls != nullptr &&
         (connect_->tls || (connect_->defaults && surroundings_.tls_by_default));
}

bool ScriptRunner::wants_header() const {
  return connect_->proxy_header ||
         (connect_->defaults && surroundings_.proxy_header != graph::SendProxy::none);
}

SocketAddress ScriptRunner::target() {
  const std::uint16_t port = run_->port();
  if (!connect_->address && port == 0) return surroundings_.address;
  const int family = surroundings_.address.family();
  if (!connect_->address && family != AF_INET && family != AF_INET6) return surroundings_.address;
  fetchers::Endpoint end = connect_->address ? *connect_->address : to_endpoint(surroundings_.address);
  end.port = port != 0 ? port : surroundings_.port;
  return to_socket_address(end);
}

std::string ScriptRunner::proxy_header() {
  if (!wants_header()) return {};
  const graph::SendProxy form = surroundings_.proxy_header == graph::SendProxy::none
                                    ? graph::SendProxy::v1
                                    : surroundings_.proxy_header;
  return check_proxy_header(form, local_address(socket_.native_handle()), address_);
}

void ScriptRunner::open() {
  const bool first = connect_ == nullptr;
  if (!first) close(connect_->linger || http_);  // an exchange of HTTP has ended by itself
  connect_ = &run_->connect();
  if (!first && Clock::now() >= due_) return fail(CheckOutcome::l7_timeout, {});
  address_ = target();
  header_.clear();
  connecting_ = true;
  in_handshake_ = peer_ended_ = false;
  const int fd = surroundings_.open_socket(address_.family());
  if (fd < 0) return fail(CheckOutcome::socket_error, error_text(errno));
  socket_.assign(fd);
  if (address_.family() != AF_UNIX) {
    const int on = 1, off = 0;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    // Without a final ACK the reset arrives first, and the server's accept() never sees the check.
    if (run_->is_all() && !connect_->linger && !uses_tls() && !wants_header())
      ::setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof(off));
  }
  if (::connect(fd, address_.get(), address_.size) != 0 && errno != EINPROGRESS)
    return fail(CheckOutcome::l4_problem, error_text(errno));
  limit(Clock::now() + surroundings_.connect_limit);
  await(true, &ScriptRunner::connected);
}

void ScriptRunner::connected() {
  int error = 0;
  socklen_t size = sizeof(error);
  ::getsockopt(socket_.native_handle(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return fail(CheckOutcome::l4_problem, error_text(error));
  if (surroundings_.connected)
    surroundings_.connected(to_endpoint(local_address(socket_.native_handle())), to_endpoint(address_));
  if (uses_tls()) return start_tls();
  header_ = proxy_header();
  connection_stands(false);
}

// A fresh connection's send buffer takes the few bytes at once.
bool ScriptRunner::send_header(int flags) {
  const std::string header = std::exchange(header_, {});
  return ::send(socket_.native_handle(), header.data(), header.size(), MSG_NOSIGNAL | flags) >= 0;
}

// The limit of answers begins with each connection. It never takes from that of the connect [seen].
void ScriptRunner::connection_stands(bool tls) {
  connecting_ = in_handshake_ = false;
  run_->connected(tls);
  if (surroundings_.answer_limit) {
    due_ = Clock::now() + *surroundings_.answer_limit;
    if (due_ > end_) limit(due_);
  }
  go_on();
}

void ScriptRunner::start_tls() {
  const std::string before = proxy_header();
  const std::string& name = connect_->server_name.empty() ? surroundings_.server_name : connect_->server_name;
  const std::string& protocols = connect_->protocols.empty() ? surroundings_.protocols : connect_->protocols;
  TlsConnection* const tls = TlsConnection::connect(
      *surroundings_.tls, {.server_name = name, .protocols = protocols, .before = before},
      Wire{.fd = socket_.native_handle()}, tls_tools_);
  if (tls == nullptr) return fail(CheckOutcome::socket_error, error_text(ENOMEM));
  tls_.set_tls(tls);
  in_handshake_ = true;
  shake_hands();
}

void ScriptRunner::shake_hands() {
  TlsConnection& tls = *tls_.tls();
  tls.on_readable(false);
  switch (tls.handshake()) {
    case HandshakeStatus::waiting: return await(tls.has_unsent(), &ScriptRunner::shake_hands);
    case HandshakeStatus::established: return connection_stands(true);
    default: return fail(CheckOutcome::l6_invalid, tls.failure());
  }
}

// ---- bytes

void ScriptRunner::await(bool output, Ready next) {
  using Socket = boost::asio::posix::stream_descriptor;
  socket_.async_wait(output ? Socket::wait_write : Socket::wait_read,
                     [self = shared_from_this(), next](const error_code& error) {
                       if (!error && self->run_ && self->socket_.is_open()) (self.get()->*next)();
                     });
}

void ScriptRunner::write() {
  while (!run_->output().empty()) {
    if (tls_.tls() != nullptr) {
      const IoResult result = tls_.tls()->write(run_->output());
      run_->sent(result.bytes);
      if (result.status == IoStatus::failed)
        return fail(CheckOutcome::socket_error, error_text(result.error));
      if (result.status != IoStatus::ok) return await(true, &ScriptRunner::write);
      continue;
    }
    if (!header_.empty() && !send_header(MSG_MORE))
      return fail(CheckOutcome::socket_error, error_text(errno));
    const auto sent =
        ::send(socket_.native_handle(), run_->output().data(), run_->output().size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) return await(true, &ScriptRunner::write);
    if (sent < 0) return fail(CheckOutcome::socket_error, error_text(errno));
    run_->sent(static_cast<std::size_t>(sent));
  }
  if (tls_.tls() != nullptr && tls_.has_unsent()) {
    std::ignore = tls_.tls()->flush();
    if (tls_.has_unsent()) return await(true, &ScriptRunner::write);
  }
  go_on();
}

void ScriptRunner::await_input() {
  if (tls_.tls() != nullptr) return read();  // records may be there already
  await(false, &ScriptRunner::read);
}

IoResult ScriptRunner::receive(char* to, std::size_t size) {
  if (tls_.tls() != nullptr) {
    tls_.tls()->on_readable(false);
    return tls_.tls()->read(to, size);
  }
  const auto got = ::recv(socket_.native_handle(), to, size, 0);
  if (got > 0) return {.bytes = static_cast<std::size_t>(got)};
  if (got == 0) return {.status = IoStatus::ended};
  return {.status = errno == EAGAIN ? IoStatus::drained : IoStatus::failed, .error = errno};
}

// All that is there, and its end if that is there, too, before anything is judged.
void ScriptRunner::read() {
  std::array<char, 4096> bytes;
  std::size_t all = 0;
  IoResult result;
  while (result.status == IoStatus::ok && run_->room() != 0) {
    result = receive(bytes.data(), std::min(bytes.size(), run_->room()));
    run_->received(std::string_view(bytes.data(), result.bytes));
    all += result.bytes;
  }
  const bool failed = result.status == IoStatus::failed;
  if (failed && all == 0 && !run_->has_rest())
    return fail(CheckOutcome::socket_error, error_text(result.error));
  peer_ended_ = result.status == IoStatus::ended;
  if (failed && run_->has_rest()) reset_ = result.error;
  if (peer_ended_ || reset_ != 0) run_->ended();
  if (all == 0 && !peer_ended_ && !failed) return await(false, &ScriptRunner::read);
  go_on();
}

// ---- the end

void ScriptRunner::fail(CheckOutcome outcome, std::string_view what) {
  run_->fail(outcome, what);
  finish();
}

void ScriptRunner::finish() {
  timer_.cancel();
  close(connect_ != nullptr && connect_->linger);
  const CheckConclusion conclusion = run_->conclusion();
  run_.reset();
  connecting_ = in_handshake_ = false;
  if (const Done done = std::exchange(done_, {})) done(conclusion);
}

// A handshake that is over is followed by FIN, as is what lingers and what the server has ended; the rest by
// RST.
void ScriptRunner::close(bool gently) {
  if (!socket_.is_open()) return;
  gently = gently || peer_ended_;
  const int fd = socket_.native_handle();
  const bool greeted = tls_.tls() != nullptr && (drain(Wire{.fd = fd}) || tls_.tls()->established());
  if (!gently && !greeted) {
    const linger reset{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  } else if (!greeted) {
    std::ignore = drain(Wire{.fd = fd});  // unread bytes would make a reset of it
  }
  tls_.close();
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace shunt::runtime
