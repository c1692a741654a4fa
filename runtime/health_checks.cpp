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

#include "graph/server_name.hpp"
#include "runtime/agent_checks.hpp"
#include "runtime/drain.hpp"
#include "runtime/external_check.hpp"
#include "runtime/health_plan.hpp"
#include "runtime/network_namespaces.hpp"
#include "runtime/server_script.hpp"
#include "runtime/socks4.hpp"
#include "runtime/tls/outgoing_tls.hpp"
#include "runtime/tls/tls_connection.hpp"
#include "runtime/transport.hpp"
#include "runtime/unique_fd.hpp"

namespace shunt::runtime {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

using Socket = asio::posix::stream_descriptor;

// The checks of one server, one after the other.
class Checker : public std::enable_shared_from_this<Checker> {
 public:
  Checker(asio::io_context& io, ServerJournal& journal, TlsTools& tls_tools, const graph::Server& server);
  void start(milliseconds delay) { wait(delay); }
  void go_on_from(const CheckMemory& memory);
  void agree_with_state();
  [[nodiscard]] CheckMemory remember() const;
  [[nodiscard]] std::string name() const;
  void stop();
  void failed_too_often();
  // From maintenance: checks begin anew.
  void came_back() { counter_ = HealthCounter(server_.check.rise, server_.check.fall); }
  [[nodiscard]] graph::ServerId server() const { return server_.id; }

 private:
  void wait(milliseconds delay);
  void go_on();
  void begin();
  void when_ready(Socket::wait_type what, void (Checker::*then)());
  [[nodiscard]] milliseconds elapsed() const;
  [[nodiscard]] bool open();
  void await_connection();
  void connected();
  void ask_for_way();
  void read_way();
  void wait_for(int bytes);
  void begin_behind();
  [[nodiscard]] std::string header();
  [[nodiscard]] bool send_header();
  void begin_tls(const OutgoingTls& context);
  void shake_hands();
  void await_peer();
  void finish(CheckStatus status, int error, std::string_view text = {});
  void apply(const CheckResult& result);
  void tell(const CheckResult& result, const HealthCounter& before);
  void close_by_reset();
  void close();
  void run_script();
  void ended(const CheckConclusion& conclusion);
  void judged(const CheckResult& result);
  [[nodiscard]] std::string health_text() const;
  void run_program();
  [[nodiscard]] bool under_way() const {
    return socket_.is_open() || (script_ && script_->running()) || (external_ && external_->running());
  }

  ServerJournal& journal_;
  TlsTools& tls_tools_;
  const graph::Server& server_;
  const CheckIntervals intervals_;
  const milliseconds limit_;
  const graph::SendProxy send_proxy_;
  HealthCounter counter_;
  CheckStatus last_ = CheckStatus::unknown;
  SocketAddress target_;
  asio::steady_timer timer_;  // the pause, then the limit
  Socket socket_;
  Transport tls_;                              // without a descriptor of its own
  std::unique_ptr<ServerScript> script_ = {};  // this and the next one null: connecting is all
  std::shared_ptr<ExternalCheck> external_ = {};
  Clock::time_point began_;
  bool stopped_ = false;
};

Checker::Checker(asio::io_context& io, ServerJournal& journal, TlsTools& tls_tools,
                 const graph::Server& server)
    : journal_(journal),
      tls_tools_(tls_tools),
      server_(server),
      intervals_(check_intervals(server.check)),
      limit_(connect_limit(server.check, journal.graph().proxies[server.backend].timeouts)),
      send_proxy_(check_send_proxy(server)),
      counter_(server.check.rise, server.check.fall, server.init_state),
      target_(server.checks_by_socks4 ? to_socket_address(*server.socks4)
                                      : check_target(server, server.endpoint)),
      timer_(io),
      socket_(io) {
  const graph::CheckProgram* const program = journal.program(server.backend);
  if (program == nullptr) return;
  if (program->kind == graph::CheckKind::external)
    external_ = std::make_shared<ExternalCheck>(io);
  else
    script_ = std::make_unique<ServerScript>(io, journal, tls_tools, server);
}

void Checker::stop() {
  stopped_ = true;
  timer_.cancel();
  if (script_) script_->stop();
  if (external_) external_->stop();
  close_by_reset();
}

std::string Checker::name() const { return qualified_name(journal_.graph(), server_); }

void Checker::go_on_from(const CheckMemory& memory) {
  counter_.go_on_from(memory.counter, journal_.state().server(server_.id).check_up.load());
  last_ = memory.last;
}

// A server that is known was judged by someone else so far: by the one that it tracked.
void Checker::agree_with_state() {
  counter_.go_on_from(counter_.value(), journal_.state().server(server_.id).check_up.load());
}

// One that is under way is begun again.
CheckMemory Checker::remember() const {
  return {.counter = counter_.value(), .last = last_, .due = under_way() ? Clock::now() : timer_.expiry()};
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
  if (!under_way() && timer_.expiry() > Clock::now() + soon) wait(soon);
}

void Checker::wait(milliseconds delay) {
  timer_.expires_after(delay);
  timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error && !self->stopped_) self->begin();
  });
}

// With the next check, in its time.
void Checker::go_on() {
  journal_.flush();
  wait(next_interval(intervals_, counter_));
}

// If it is still there then.
void Checker::when_ready(Socket::wait_type what, void (Checker::*then)()) {
  socket_.async_wait(what, [self = shared_from_this(), then](const error_code& error) {
    if (!error && !self->stopped_ && self->socket_.is_open()) (*self.*then)();
  });
}

milliseconds Checker::elapsed() const {
  return std::chrono::duration_cast<milliseconds>(Clock::now() - began_);
}

void Checker::begin() {
  began_ = Clock::now();
  // A server in maintenance is left alone until it comes back.
  const bool away = journal_.state().server(server_.id).maintenance.load();
  if (!server_.checks_by_socks4) target_ = check_target(server_, journal_.address_of(server_));
  if (away || target_.size == 0) return wait(next_interval(intervals_, counter_));
  if (script_) return run_script();
  if (external_) return run_program();
  if (open()) await_connection();
}

void Checker::run_script() {
  script_->run(health_text(), counter_.up(), [self = shared_from_this()](const CheckConclusion& conclusion) {
    if (!self->stopped_) self->ended(conclusion);
  });
}

void Checker::run_program() {
  const std::uint32_t connections = journal_.state().server(server_.id).served.load();
  external_->run(
      external_command(*journal_.program(server_.backend), journal_.graph(), server_,
                       journal_.address_of(server_), connections),
      limit_, [self = shared_from_this()](CheckStatus status, std::int64_t code) {
        if (self->stopped_) return;
        self->judged({.status = status, .duration = self->elapsed(), .scripted = true, .code = code});
      });
}

// "UP 1/3", and without numbers when nothing is about to change.
std::string Checker::health_text() const {
  std::string text = journal_.stopping(server_.id) ? "NOLB" : counter_.up() ? "UP" : "DOWN";
  if (!counter_.full() && !counter_.empty()) text += ' ' + counter_.progress();
  return text;
}

void Checker::ended(const CheckConclusion& conclusion) {
  CheckResult result{.status = status_of(conclusion.outcome),
                     .duration = std::chrono::duration_cast<milliseconds>(Clock::now() - began_),
                     .text = conclusion.info,
                     .scripted = true,
                     .code = conclusion.code.value_or(0)};
  if (conclusion.read) {
    result.text = *conclusion.read;
    apply(result);
    result.text = conclusion.info;
  }
  judged(result);
}

void Checker::judged(const CheckResult& result) {
  apply(result);
  go_on();
}

// False: it is over already.
bool Checker::open() {
  UniqueFd fd(journal_.generation().namespaces->socket(server_.network_namespace, target_.family(),
                                                       SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd) return finish(CheckStatus::socket_error, errno), false;
  const int off = 0;
  // Without a final ACK the reset arrives first, and the server's accept() never sees the check.
  const bool speaks = send_proxy_ != graph::SendProxy::none || server_.checks_by_socks4 ||
                      (server_.tls && server_.tls->checks);
  const bool quiet = target_.family() != AF_UNIX && !speaks;
  if (quiet) ::setsockopt(fd.get(), IPPROTO_TCP, TCP_QUICKACK, &off, sizeof(off));
  const int failed = ::connect(fd.get(), target_.get(), target_.size) == 0 ? 0 : errno;
  if (failed != 0 && failed != EINPROGRESS) return finish(CheckStatus::socket_error, failed), false;
  socket_.assign(fd.release());
  return true;
}

void Checker::await_connection() {
  timer_.expires_after(limit_);
  timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (error || self->stopped_ || !self->socket_.is_open()) return;
    self->finish(self->tls_.tls() ? CheckStatus::tls_timed_out : CheckStatus::timed_out, 0);
  });
  when_ready(Socket::wait_write, &Checker::connected);
}

void Checker::connected() {
  int error = 0;
  socklen_t size = sizeof(error);
  ::getsockopt(socket_.native_handle(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return finish(CheckStatus::refused, error);
  if (server_.checks_by_socks4) return ask_for_way();
  begin_behind();
}

void Checker::begin_behind() {
  if (server_.tls && server_.tls->checks) return begin_tls(journal_.server_tls(server_.id));
  if (!send_header()) return finish(CheckStatus::socket_error, errno);
  finish(CheckStatus::passed, 0);
}

void Checker::ask_for_way() {
  const auto request = socks4_request(to_endpoint(check_target(server_, journal_.address_of(server_))));
  if (!request) return finish(CheckStatus::socket_error, EAFNOSUPPORT);
  if (::send(socket_.native_handle(), request->data(), request->size(), MSG_NOSIGNAL) < 0)
    return finish(CheckStatus::socket_error, errno);
  wait_for(8);
  when_ready(Socket::wait_read, &Checker::read_way);
}

// Readable only as a whole, or at its end.
void Checker::wait_for(int bytes) {
  ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVLOWAT, &bytes, sizeof(bytes));
}

void Checker::read_way() {
  switch (read_socks4_reply(socket_.native_handle())) {
    case Socks4Reply::waiting: return;  // it ended within; the time limit follows
    case Socks4Reply::granted: return wait_for(1), begin_behind();
    case Socks4Reply::denied:
    case Socks4Reply::ended: return finish(CheckStatus::socket_error, 0, socks4_denial);
  }
}

std::string Checker::header() {
  return check_proxy_header(send_proxy_, local_address(socket_.native_handle()), target_);
}

// A fresh connection's send buffer takes the few bytes at once.
bool Checker::send_header() {
  const std::string bytes = header();
  return bytes.empty() || ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL) >= 0;
}

void Checker::begin_tls(const OutgoingTls& context) {
  const graph::TlsServer& settings = *server_.tls;
  const std::string before = header();
  TlsConnection* const tls = TlsConnection::connect(
      context, {.server_name = settings.check_name, .protocols = settings.check_alpn, .before = before},
      Wire{.fd = socket_.native_handle()}, tls_tools_);
  if (!tls) return finish(CheckStatus::socket_error, ENOMEM);
  tls_.set_tls(tls);
  shake_hands();
}

void Checker::shake_hands() {
  TlsConnection& tls = *tls_.tls();
  tls.on_readable(false);
  switch (tls.handshake()) {
    case HandshakeStatus::waiting: return await_peer();
    case HandshakeStatus::established: return finish(CheckStatus::tls_passed, 0);
    default: return finish(CheckStatus::tls_failed, 0, tls.failure());
  }
}

void Checker::await_peer() {
  when_ready(tls_.has_unsent() ? Socket::wait_write : Socket::wait_read, &Checker::shake_hands);
}

// A finished handshake is followed by FIN, a failed one by RST unless the server's FIN is there.
void Checker::close() {
  const bool fin = tls_.tls() && (drain(Wire{.fd = socket_.native_handle()}) || tls_.tls()->established());
  if (!fin) return close_by_reset();
  tls_.close();
  error_code ignored;
  socket_.close(ignored);
}

void Checker::close_by_reset() {
  tls_.close();
  if (!socket_.is_open()) return;
  const linger reset{1, 0};
  ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  error_code ignored;
  socket_.close(ignored);
}

void Checker::finish(CheckStatus status, int error, std::string_view text) {
  const milliseconds duration = elapsed();
  timer_.cancel();
  close();
  apply({.status = status, .error = error, .duration = duration, .text = text});
  go_on();
}

void Checker::apply(const CheckResult& result) {
  const HealthCounter before = counter_;
  if (succeeded(result.status))
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
  const bool stops = result.status == CheckStatus::l7_conditional;
  if (counter_.up() && before.up() && succeeded(result.status))
    journal_.stopping_changed(server_, result, stops);
  if (counter_.up() && !before.up() && stops)
    journal_.came_up_stopping(server_, result);
  else if (counter_.up() != before.up())
    journal_.state_changed(server_, result, counter_.up());
}

}  // namespace

struct HealthChecks::Data {
  Data(asio::io_context& context, ServerJournal& given) : io(context), journal(given) {}

  asio::io_context& io;
  ServerJournal& journal;
  TlsTools tls = {};
  std::vector<std::shared_ptr<Checker>> checkers;
  std::vector<std::shared_ptr<AgentCheck>> agents = {};

  void came_back(graph::ServerId server) {
    for (const auto& checker : checkers)
      if (checker->server() == server) checker->came_back();
  }
};

HealthChecks::HealthChecks(asio::io_context& io, ServerJournal& journal)
    : data_(std::make_shared<Data>(io, journal)) {}

HealthChecks::~HealthChecks() { stop(); }

void HealthChecks::start(const CheckMemories& before) {
  for (const PlannedCheck& planned : plan_checks(data_->journal.graph())) {
    const graph::Server& server = data_->journal.graph().servers[planned.server];
    if (planned.agent) {
      start_agent(server, planned.first);
      continue;
    }
    Checker& checker = *data_->checkers.emplace_back(
        std::make_shared<Checker>(data_->io, data_->journal, data_->tls, server));
    milliseconds first = planned.first;
    if (server.saved) checker.go_on_from({.counter = server.saved->health});
    checker.agree_with_state();
    if (const auto known = before.find(checker.name()); known != before.end()) {
      checker.go_on_from(known->second);
      const auto left = std::chrono::ceil<milliseconds>(known->second.due - Clock::now());
      first = std::clamp(left, milliseconds(0), server.check.inter);
    }
    checker.start(first);
  }
}

void HealthChecks::start_agent(const graph::Server& server, milliseconds first) {
  const auto returned = [data = data_.get()](graph::ServerId id) { data->came_back(id); };
  data_->agents.push_back(std::make_shared<AgentCheck>(data_->io, data_->journal, server, returned));
  data_->agents.back()->start(first);
}

CheckMemories HealthChecks::remember() const {
  CheckMemories memories;
  for (const auto& checker : data_->checkers) memories.emplace(checker->name(), checker->remember());
  return memories;
}

void HealthChecks::came_back(graph::ServerId server) { data_->came_back(server); }

void HealthChecks::failed_too_often(const route::ServerState* server) {
  for (const auto& checker : data_->checkers)
    if (&data_->journal.state().server(checker->server()) == server) checker->failed_too_often();
}

void HealthChecks::stop() {
  for (const auto& checker : data_->checkers) checker->stop();
  data_->checkers.clear();
  for (const auto& agent : data_->agents) agent->stop();
  data_->agents.clear();
}

}  // namespace shunt::runtime
