// Health checks of all servers: the sockets and timers around the counter.
#include "runtime/health_checks.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <vector>

#include "runtime/health_plan.hpp"
#include "runtime/unique_fd.hpp"

namespace shunt::runtime {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// The checks of one server, one after the other.
class Checker : public std::enable_shared_from_this<Checker> {
 public:
  Checker(asio::io_context& io, ServerJournal& journal, const graph::Server& server);
  void start(milliseconds delay) { wait(delay); }
  void go_on_from(const CheckMemory& memory);
  [[nodiscard]] CheckMemory remember() const;
  [[nodiscard]] std::string name() const;
  void stop();
  void failed_too_often();
  [[nodiscard]] graph::ServerId server() const { return server_.id; }

 private:
  void wait(milliseconds delay);
  void begin();
  [[nodiscard]] bool open();
  void await_connection();
  void connected();
  [[nodiscard]] bool send_header();
  void finish(CheckStatus status, int error);
  void apply(const CheckResult& result);
  void tell(const CheckResult& result, const HealthCounter& before);
  void close_by_reset();

  ServerJournal& journal_;
  const graph::Server& server_;
  const CheckIntervals intervals_;
  const milliseconds limit_;
  const graph::SendProxy send_proxy_;
  HealthCounter counter_;
  CheckStatus last_ = CheckStatus::unknown;
  SocketAddress target_;
  asio::steady_timer timer_;  // the pause, then the limit
  asio::posix::stream_descriptor socket_;
  Clock::time_point began_;
  bool stopped_ = false;
};

Checker::Checker(asio::io_context& io, ServerJournal& journal, const graph::Server& server)
    : journal_(journal),
      server_(server),
      intervals_(check_intervals(server.check)),
      limit_(connect_limit(server.check, journal.graph().proxies[server.backend].timeouts)),
      send_proxy_(check_send_proxy(server)),
      counter_(server.check.rise, server.check.fall, server.init_state),
      target_(check_target(server)),
      timer_(io),
      socket_(io) {}

void Checker::stop() {
  stopped_ = true;
  timer_.cancel();
  close_by_reset();
}

std::string Checker::name() const {
  return journal_.graph().proxies[server_.backend].name + '/' + server_.name;
}

void Checker::go_on_from(const CheckMemory& memory) {
  counter_.go_on_from(memory.counter, journal_.state().server(server_.id).up.load());
  last_ = memory.last;
}

// One that is under way is begun again.
CheckMemory Checker::remember() const {
  return {
      .counter = counter_.value(), .last = last_, .due = socket_.is_open() ? Clock::now() : timer_.expiry()};
}

// As many failed connections as `error-limit` count as one failed check, or more; the next check is soon.
void Checker::failed_too_often() {
  const HealthCounter before = counter_;
  switch (server_.on_error) {
    case graph::OnError::fastinter: break;
    case graph::OnError::sudden_death: counter_.nearly_down(); [[fallthrough]];
    case graph::OnError::fail_check: counter_.failure(); break;
    case graph::OnError::mark_down: counter_.down(); break;
  }
  if (server_.on_error != graph::OnError::fastinter)
    tell({.status = CheckStatus::analyzed, .errors = server_.error_limit}, before);
  const milliseconds soon = intervals_.fast.value_or(intervals_.inter);
  if (!socket_.is_open() && timer_.expiry() > Clock::now() + soon) wait(soon);
}

void Checker::wait(milliseconds delay) {
  timer_.expires_after(delay);
  timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error && !self->stopped_) self->begin();
  });
}

void Checker::begin() {
  began_ = Clock::now();
  // A server in maintenance is left alone until it comes back.
  const bool away = journal_.state().server(server_.id).maintenance.load();
  if (away || target_.size == 0) return wait(next_interval(intervals_, counter_));
  if (open()) await_connection();
}

// False: it is over already.
bool Checker::open() {
  UniqueFd fd(::socket(target_.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return finish(CheckStatus::socket_error, errno), false;
  const int off = 0;
  // Without a final ACK the reset arrives first, and the server's accept() never sees the check.
  const bool quiet = target_.family() != AF_UNIX && send_proxy_ == graph::SendProxy::none;
  if (quiet) ::setsockopt(fd.get(), IPPROTO_TCP, TCP_QUICKACK, &off, sizeof(off));
  const int failed = ::connect(fd.get(), target_.get(), target_.size) == 0 ? 0 : errno;
  if (failed != 0 && failed != EINPROGRESS) return finish(CheckStatus::socket_error, failed), false;
  socket_.assign(fd.release());
  return true;
}

void Checker::await_connection() {
  timer_.expires_after(limit_);
  timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error && !self->stopped_ && self->socket_.is_open()) self->finish(CheckStatus::timed_out, 0);
  });
  socket_.async_wait(asio::posix::stream_descriptor::wait_write,
                     [self = shared_from_this()](const error_code& error) {
                       if (!error && !self->stopped_ && self->socket_.is_open()) self->connected();
                     });
}

void Checker::connected() {
  int error = 0;
  socklen_t size = sizeof(error);
  ::getsockopt(socket_.native_handle(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return finish(CheckStatus::refused, error);
  if (!send_header()) return finish(CheckStatus::socket_error, errno);
  finish(CheckStatus::passed, 0);
}

// A fresh connection's send buffer takes the few bytes at once.
bool Checker::send_header() {
  const int fd = socket_.native_handle();
  const std::string header = check_proxy_header(send_proxy_, local_address(fd), target_);
  return header.empty() || ::send(fd, header.data(), header.size(), MSG_NOSIGNAL) >= 0;
}

void Checker::close_by_reset() {
  if (!socket_.is_open()) return;
  const linger reset{1, 0};
  ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  error_code ignored;
  socket_.close(ignored);
}

void Checker::finish(CheckStatus status, int error) {
  const auto duration = std::chrono::duration_cast<milliseconds>(Clock::now() - began_);
  timer_.cancel();
  close_by_reset();
  apply({status, error, duration});
  journal_.flush();
  wait(next_interval(intervals_, counter_));
}

void Checker::apply(const CheckResult& result) {
  const HealthCounter before = counter_;
  if (result.status == CheckStatus::passed)
    counter_.success();
  else
    counter_.failure();
  tell(result, before);
}

void Checker::tell(const CheckResult& result, const HealthCounter& before) {
  if (counter_.value() != before.value() || result.status != last_) {
    journal_.check_changed(server_, result, counter_);
  }
  last_ = result.status;
  if (counter_.up() != before.up()) journal_.state_changed(server_, result, counter_.up());
}

}  // namespace

struct HealthChecks::Data {
  Data(asio::io_context& context, ServerJournal& given) : io(context), journal(given) {}

  asio::io_context& io;
  ServerJournal& journal;
  std::vector<std::shared_ptr<Checker>> checkers;
};

HealthChecks::HealthChecks(asio::io_context& io, ServerJournal& journal)
    : data_(std::make_shared<Data>(io, journal)) {}

HealthChecks::~HealthChecks() { stop(); }

void HealthChecks::start(const CheckMemories& before) {
  for (const PlannedCheck& planned : plan_checks(data_->journal.graph())) {
    const graph::Server& server = data_->journal.graph().servers[planned.server];
    Checker& checker =
        *data_->checkers.emplace_back(std::make_shared<Checker>(data_->io, data_->journal, server));
    milliseconds first = planned.first;
    if (server.saved) checker.go_on_from({.counter = server.saved->health});
    if (const auto known = before.find(checker.name()); known != before.end()) {
      checker.go_on_from(known->second);
      const auto left = std::chrono::ceil<milliseconds>(known->second.due - Clock::now());
      first = std::clamp(left, milliseconds(0), server.check.inter);
    }
    checker.start(first);
  }
}

CheckMemories HealthChecks::remember() const {
  CheckMemories memories;
  for (const auto& checker : data_->checkers) memories.emplace(checker->name(), checker->remember());
  return memories;
}

void HealthChecks::failed_too_often(const route::ServerState* server) {
  for (const auto& checker : data_->checkers)
    if (&data_->journal.state().server(checker->server()) == server) checker->failed_too_often();
}

void HealthChecks::stop() {
  for (const auto& checker : data_->checkers) checker->stop();
  data_->checkers.clear();
}

}  // namespace shunt::runtime
