// Asking agents: connect, send the question, read one line.
#include "runtime/agent_checks.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "runtime/agent_answer.hpp"
#include "runtime/network_namespaces.hpp"
#include "runtime/unique_fd.hpp"

namespace shunt::runtime {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr std::size_t longest_answer = 16384;

SocketAddress target_of(const graph::Server& server, const fetchers::Endpoint& address) {
  fetchers::Endpoint target = server.agent.address.value_or(address);
  target.port = server.agent.port;
  return to_socket_address(target);
}

}  // namespace

AgentCheck::AgentCheck(asio::io_context& io, ServerJournal& journal, const graph::Server& server,
                       std::function<void(graph::ServerId)> returned)
    : journal_(journal),
      server_(server),
      target_(target_of(server, server.endpoint)),
      returned_(std::move(returned)),
      timer_(io),
      socket_(io) {}

void AgentCheck::stop() {
  stopped_ = true;
  timer_.cancel();
  close();
}

void AgentCheck::wait(Milliseconds delay) {
  timer_.expires_after(delay);
  timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error && !self->stopped_) self->begin();
  });
}

void AgentCheck::limit(Milliseconds time, CheckStatus after) {
  timer_.expires_after(time);
  timer_.async_wait([self = shared_from_this(), after](const error_code& error) {
    if (!error && !self->stopped_ && self->socket_.is_open()) self->finish(after);
  });
}

void AgentCheck::begin() {
  target_ = target_of(server_, journal_.address_of(server_));
  began_ = Clock::now();
  received_.clear();
  if (target_.size == 0) return wait(server_.agent.inter);
  UniqueFd fd(journal_.generation().namespaces->socket(server_.network_namespace, target_.family(),
                                                       SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd) return finish(CheckStatus::socket_error, errno);
  const int failed = ::connect(fd.get(), target_.get(), target_.size) == 0 ? 0 : errno;
  if (failed != 0 && failed != EINPROGRESS) return finish(CheckStatus::socket_error, failed);
  socket_.assign(fd.release());
  const graph::Timeouts& timeouts = journal_.graph().proxies[server_.backend].timeouts;
  const bool divided = timeouts.check && timeouts.connect;
  limit(divided ? std::min(*timeouts.connect, server_.agent.inter) : server_.agent.inter,
        CheckStatus::timed_out);
  socket_.async_wait(asio::posix::stream_descriptor::wait_write,
                     [self = shared_from_this()](const error_code& error) {
                       if (!error && !self->stopped_ && self->socket_.is_open()) self->connected();
                     });
}

// A fresh connection's send buffer takes the question at once.
void AgentCheck::connected() {
  int error = 0;
  socklen_t size = sizeof(error);
  ::getsockopt(socket_.native_handle(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return finish(CheckStatus::refused, error);
  const std::string& question = server_.agent.question;
  if (!question.empty() &&
      ::send(socket_.native_handle(), question.data(), question.size(), MSG_NOSIGNAL) < 0)
    return finish(CheckStatus::socket_error, errno);
  const graph::Timeouts& timeouts = journal_.graph().proxies[server_.backend].timeouts;
  const auto spent = std::chrono::duration_cast<Milliseconds>(Clock::now() - began_);
  limit(timeouts.check.value_or(std::max(server_.agent.inter - spent, Milliseconds(1))),
        CheckStatus::l7_timed_out);
  await_answer();
}

void AgentCheck::await_answer() {
  socket_.async_wait(asio::posix::stream_descriptor::wait_read,
                     [self = shared_from_this()](const error_code& error) {
                       if (!error && !self->stopped_ && self->socket_.is_open()) self->read_answer();
                     });
}

// An answer without an end of line says nothing.
void AgentCheck::read_answer() {
  std::array<char, 1024> part;
  const ssize_t got = ::recv(socket_.native_handle(), part.data(), part.size(), MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return await_answer();
  if (got < 0) return finish(CheckStatus::socket_error, errno);
  if (got == 0) return finish(received_.empty() ? CheckStatus::l7_invalid : CheckStatus::unknown);
  received_.append(part.data(), static_cast<std::size_t>(got));
  if (const auto line = agent_line(received_)) return obey(*line);
  if (received_.size() >= longest_answer) return finish(CheckStatus::unknown);
  await_answer();
}

void AgentCheck::obey(std::string_view line) {
  AgentAnswer answer = read_agent_answer(line);
  journal_.hold_lines();
  if (answer.order && journal_.order(server_, *answer.order)) returned_(server_.id);
  if (answer.percent)
    if (const auto fault = journal_.set_weight(server_, *answer.percent); !fault.empty())
      answer.weight_fault = fault;
  if (answer.maxconn) journal_.set_maxconn(server_, *answer.maxconn);
  if (!answer.up) return finish(CheckStatus::checked);
  finish(*answer.up ? CheckStatus::l7_passed : CheckStatus::l7_status, 0,
         agent_info(answer, answer.remark()));
}

void AgentCheck::finish(CheckStatus status, int error, std::string_view text) {
  const auto duration = std::chrono::duration_cast<Milliseconds>(Clock::now() - began_);
  timer_.cancel();
  close();
  tell({.status = status, .error = error, .duration = duration, .text = text, .by_agent = true});
  journal_.flush();
  wait(server_.agent.inter);
}

// Only a verdict changes anything.
void AgentCheck::tell(const CheckResult& result) {
  if (result.status == CheckStatus::unknown) return;
  const CheckStatus before = std::exchange(last_, result.status);
  if (result.status == CheckStatus::checked) return;
  const bool was_up = journal_.state().server(server_.id).agent_up.load();
  const bool judged = result.status == CheckStatus::l7_passed || result.status == CheckStatus::l7_status;
  const bool up = judged ? result.status == CheckStatus::l7_passed : was_up;
  HealthCounter counter(1, 1);
  if (!up) counter.down();
  if (up != was_up || result.status != before) journal_.check_changed(server_, result, counter);
  if (up != was_up) journal_.agent_changed(server_, result, up);
}

// No more is expected of either side.
void AgentCheck::close() {
  if (!socket_.is_open()) return;
  const linger reset{1, 0};
  ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace shunt::runtime
