// How a session ends, and what its log line says.
#include <algorithm>
#include <utility>

#include "fetchers/tls_view.hpp"
#include "route/session.hpp"
#include "route/target.hpp"

namespace shunt::route {
namespace {

struct Letters {
  char cause, phase;
};

// By EndCause, for a session whose server is connected.
constexpr std::array<Letters, 8> relay_letters = {{
    {'-', '-'},  // done
    {'C', 'D'},  // client_reset
    {'S', 'D'},  // server_reset
    {'c', 'D'},  // client_timeout
    {'s', 'D'},  // server_timeout
    {'K', 'C'},  // stopped: as for a session shut down by the administrator
    {'D', 'C'},  // server_down
    {'U', 'C'},  // server_up
}};

// Failures of silent clients (probes, port scans): `option dontlognull` keeps them out of the log.
constexpr std::array<std::string_view, 9> null_errors = {
    "Connection closed while waiting for NetScaler Client IP header",
    "Connection error while waiting for NetScaler Client IP header",
    "Timeout while waiting for a NetScaler Client IP header",
    "Connection closed while waiting for PROXY protocol header",
    "Connection error while waiting for PROXY protocol header",
    "Timeout while waiting for PROXY protocol header",
    "Connection closed during SSL handshake",
    "Timeout during SSL handshake",
    "Success",  // refused by a session rule
};

}  // namespace

std::int64_t Session::elapsed(Time at) const {
  return std::chrono::duration_cast<graph::Milliseconds>(at - accepted_at_).count();
}

std::optional<Time> Session::client_deadline() const {
  return client_deadline_ == never ? std::nullopt : std::optional(client_deadline_);
}

// The relay has limits of its own.
std::optional<Time> Session::next_deadline() const {
  if (phase_ == Phase::relay) return std::nullopt;
  if (phase_ == Phase::inspect_response) return response_deadline();
  const Time first =
      phase_ == Phase::connecting ? phase_deadline_ : std::min(client_deadline_, phase_deadline_);
  return first == never ? std::nullopt : std::optional(first);
}

// What is counted for the server and the backend is given back before the line is written; the frontend's is
// not.
void Session::close(char cause, char phase, Time at) {
  if (phase_ == Phase::queued) leave_queue(at);
  forget_question();
  note_end(cause, phase);
  total_ms_ = elapsed(at);
  const Phase phase_before = std::exchange(phase_, Phase::closed);
  client_deadline_ = phase_deadline_ = never;
  if (phase_before >= Phase::inspect_frontend) count_bytes(at);
  release_server();
  release_backend();
}

// The first event wins.
void Session::note_end(char cause, char phase) {
  if (termination_[0] != '-') return;
  termination_[0] = cause;
  termination_[1] = phase;
}

void Session::release_backend() {
  if (!in_backend_) return;
  in_backend_ = false;
  facilities_->state->proxy(backend_).backend_connections.fetch_sub(1, std::memory_order_relaxed);
}

void Session::note_timeout(EndCause cause) {
  const Letters letters = relay_letters[static_cast<std::size_t>(cause)];
  note_end(letters.cause, letters.phase);
}

void Session::finish(EndCause cause, Time at) {
  if (phase_ == Phase::closed) return;
  const Letters letters = relay_letters[static_cast<std::size_t>(cause)];
  if (phase_ >= Phase::inspect_response) return close(letters.cause, letters.phase, at);
  unlogged_ = unlogged_ || phase_ < Phase::inspect_frontend;
  if (!started_) accepted_at_ = at;
  const char phase = phase_ < Phase::queued ? 'R' : phase_ == Phase::queued ? 'Q' : 'C';
  close(letters.cause, phase, at);
}

LogKind Session::log_kind() const {
  if (unlogged_ || phase_ == Phase::fresh) return LogKind::nothing;
  const graph::ProxyOptions& options = frontend().options;
  if (!error_text().empty())
    return options.dontlognull && std::ranges::count(null_errors, error_text()) != 0 ? LogKind::nothing
                                                                                     : LogKind::error;
  // With logasap nobody can know yet whether the client will send something.
  if (options.dontlognull && phase_ == Phase::closed && !client_sent_ && bytes_to_server_ == 0)
    return LogKind::nothing;
  if (rare_ && rare_->log_level == graph::silent_level) return LogKind::nothing;
  const bool normal = termination_[0] == '-' && retries_ == 0 && !redispatched_;
  return options.dontlog_normal && normal ? LogKind::nothing : LogKind::session;
}

std::optional<graph::LogLevel> Session::log_level() const {
  if (!rare_ || !rare_->log_level || *rare_->log_level == graph::silent_level) return std::nullopt;
  return static_cast<graph::LogLevel>(*rare_->log_level);
}

bool Session::logs_early() const {
  const auto& format = frontend().log_format;
  return frontend().options.logasap || (format && !format->at_end);
}

std::string_view Session::error_text() const {
  return rare_ ? std::string_view(rare_->error) : std::string_view();
}

void Session::fill(fetchers::LogRecord& record, Time now) const {
  const State& state = *facilities_->state;
  record.client = source_;
  record.client_destination = destination_;
  record.listener_id = listener().number;
  record.accept_date = date_;
  record.frontend = frontend().name;
  record.frontend_tls = listener().tls.has_value();
  record.backend = backend() != nullptr ? backend()->name : frontend().name;
  record.server_name = server() != nullptr ? std::string_view(server()->name) : "<NOSRV>";
  if (server() != nullptr) record.server = target();
  record.handshake_ms = handshake_ms_;
  record.queue_ms = queue_ms_;
  record.connect_ms = connect_ms_;
  record.total_ms = phase_ == Phase::closed ? total_ms_ : elapsed(now);
  record.bytes_to_client = bytes_to_client_;
  // A line that is written early comes before the first byte, though some went with the connection.
  record.bytes_to_server = logs_early() && phase_ != Phase::closed ? 0 : bytes_to_server_;
  record.termination[0] = termination_[0];
  record.termination[1] = termination_[1];
  record.actconn = state.connections.load(std::memory_order_relaxed);
  record.feconn = state.proxy(frontend().id).frontend_connections.load(std::memory_order_relaxed);
  record.beconn =
      backend() != nullptr ? state.proxy(backend_).backend_connections.load(std::memory_order_relaxed) : 0;
  record.srv_conn = server() != nullptr ? state.server(server_).served.load(std::memory_order_relaxed) : 0;
  record.retries = retries_;
  record.redispatched = redispatched_;
  if (rare_) {
    record.srv_queue = rare_->server_position;
    record.backend_queue = rare_->backend_position;
  }
  record.as_soon_as_possible = frontend().options.logasap;
  record.request_counter = request_counter_;
  record.unique_id = unique_id();
  if (tls_ != nullptr) {
    record.tls_version = tls_->protocol().value_or(std::string_view());
    record.tls_cipher = tls_->cipher().value_or(std::string_view());
  }
}

fetchers::Context Session::log_context(const fetchers::LogRecord& record) const {
  fetchers::Context made = context({}, true, accepted_at_ + graph::Milliseconds(record.total_ms));
  made.log = &record;
  // Without a name it is the frontend that a format's `be_conn` is about.
  made.backend = frontend().id;
  return made;
}

}  // namespace shunt::route
