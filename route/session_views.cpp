// A session's facts in the words of fetches.
#include "route/session_views.hpp"

#include "fetchers/connection_errors.hpp"
#include "route/proxies_view.hpp"
#include "route/session.hpp"
#include "route/target.hpp"

namespace shunt::route {

using fetchers::TimeoutKind;

// ---- the client's side

fetchers::Endpoint Session::socket_source() const {
  const bool replaced = rare_ && rare_->addresses_changed;
  return replaced ? rare_->socket_source : source_;
}

fetchers::Endpoint Session::socket_destination() const {
  const bool replaced = rare_ && rare_->addresses_changed;
  return replaced ? rare_->socket_destination : destination_;
}

std::optional<fetchers::TcpFacts> Session::tcp_facts() const {
  return sockets_ != nullptr ? sockets_->client_facts() : std::nullopt;
}

std::size_t Session::saved_syn(std::span<char> room) const {
  return sockets_ != nullptr ? sockets_->saved_syn(room) : 0;
}

std::uint32_t Session::error() const { return fetchers::connection_error(error_text()).number; }

// Made when it is first asked for; a format that asks for itself gets nothing.
std::string_view Session::unique_id() const {
  const auto& format = frontend().unique_id_format;
  if (!format) return {};
  if (!rare().unique_id.empty() || rare_->making_unique_id) return rare_->unique_id;
  rare_->making_unique_id = true;
  fetchers::LogRecord record;
  fill(record, facilities_->now);
  std::string text;
  {
    fetchers::Scratch scratch(1024);  // the thread's own is in use
    fetchers::Context made = context({}, true, facilities_->now, scratch);
    made.log = &record;
    fetchers::write(*format, facilities_->graph->program.expressions(), made, text);
  }
  rare_->unique_id = std::move(text);
  rare_->making_unique_id = false;
  return rare_->unique_id;
}

// ---- the stream

fetchers::TablesView* StreamFacts::tables() const { return &session_->facilities_->tables; }
std::string_view StreamFacts::unique_id() const { return session_->unique_id(); }
std::uint32_t StreamFacts::retries() const { return session_->retries_; }
bool StreamFacts::redispatched() const { return session_->redispatched_; }
std::uint64_t StreamFacts::number() const { return session_->request_counter_; }
std::uint32_t StreamFacts::calls() const { return session_->calls_; }
std::chrono::system_clock::time_point StreamFacts::accept_date() const { return session_->date_; }
std::string_view StreamFacts::termination() const { return {session_->termination_, 2}; }
bool StreamFacts::client_aborted() const {
  const char cause = session_->termination_[0];
  return cause == 'C' || session_->client_failure_ == 'C';
}
bool StreamFacts::server_aborted() const { return session_->termination_[0] == 'S'; }

std::uint32_t StreamFacts::places_in_server_queue() const {
  return session_->rare_ ? session_->rare_->server_position : 0;
}
std::uint32_t StreamFacts::places_in_backend_queue() const {
  return session_->rare_ ? session_->rare_->backend_position : 0;
}

std::int64_t StreamFacts::priority_class() const {
  return session_->rare_ ? session_->rare_->priority_class : 0;
}
std::int64_t StreamFacts::priority_offset() const {
  return session_->rare_ ? session_->rare_->priority_offset : 0;
}

fetchers::StreamTimes StreamFacts::times() const {
  const bool closed = session_->phase_ == Session::Phase::closed;
  return {.handshake = session_->handshake_ms_,
          .queue = session_->queue_ms_,
          .connect = session_->connect_ms_,
          .total = closed ? session_->total_ms_ : session_->elapsed(session_->facilities_->now)};
}

// What was read is passed on as long as there is somebody to pass it to.
fetchers::StreamBytes StreamFacts::bytes() const {
  const bool connected = session_->connect_ms_ >= 0;
  return {.from_client = session_->bytes_to_server_,
          .to_server = connected ? session_->bytes_to_server_ : 0,
          .from_server = session_->bytes_to_client_,
          .to_client = session_->bytes_to_client_};
}

fetchers::RuleOrigin StreamFacts::origin(const graph::Action* rule) const {
  const auto& files = session_->facilities_->graph->source_names;
  if (rule == nullptr || rule->span.file >= files.size()) return {};
  return {.file = files[rule->span.file], .line = rule->line};
}
fetchers::RuleOrigin StreamFacts::last_rule() const { return origin(session_->last_rule_); }
fetchers::RuleOrigin StreamFacts::waiting_rule() const { return origin(session_->waiting_rule_); }

std::uint32_t StreamFacts::backend() const { return session_->backend_; }
std::uint32_t StreamFacts::server() const { return session_->server_; }
std::uint32_t StreamFacts::listener() const { return session_->listener_; }
std::uint32_t StreamFacts::listener_number() const { return session_->listener().number; }
std::string_view StreamFacts::listener_name() const { return session_->listener().name; }

// The backend's limits apply once its server is connected; the tunnel's then replaces the server's.
std::optional<std::int64_t> StreamFacts::timeout(TimeoutKind kind) const {
  const graph::Proxy& frontend = session_->frontend();
  const graph::Proxy& backend = session_->backend() != nullptr ? *session_->backend() : frontend;
  const bool connected = session_->limits_apply_;
  const bool tunnel = connected && backend.timeouts.tunnel.has_value();
  switch (kind) {
    case TimeoutKind::client:
      return timeout_of(tunnel ? backend : frontend, tunnel ? TimeoutKind::tunnel : kind);
    case TimeoutKind::server:
      if (!connected) return std::nullopt;
      return timeout_of(backend, tunnel ? TimeoutKind::tunnel : kind);
    case TimeoutKind::tunnel: return connected ? timeout_of(backend, kind) : std::nullopt;
    default: return timeout_of(backend, kind);
  }
}

// ---- the server's side

// An attempt whose handshake failed leaves its connection to whoever asks.
bool ServerSide::exists() const { return session_->connect_ms_ >= 0 || session_->server_error_ != 0; }

std::uint32_t ServerSide::error() const { return session_->server_error_; }

// The layer is gone when an ordinary session is logged, but not after failed attempts [seen].
const fetchers::TlsView* Session::server_tls() const {
  if (sockets_ == nullptr || server_ == graph::none) return nullptr;
  const bool failed = termination_[0] == 'S' || termination_[0] == 's';
  const bool gone = phase_ == Phase::closed && (connect_ms_ >= 0 || !failed);
  return gone ? nullptr : sockets_->server_tls();
}

fetchers::Endpoint ServerSide::destination() const {
  return session_->server() != nullptr ? session_->target() : fetchers::Endpoint{};
}

fetchers::Endpoint ServerSide::source() const {
  return exists() && session_->sockets_ != nullptr ? session_->sockets_->server_source()
                                                   : fetchers::Endpoint{};
}

std::optional<fetchers::TcpFacts> ServerSide::tcp_facts() const {
  return exists() && session_->sockets_ != nullptr ? session_->sockets_->server_facts() : std::nullopt;
}

}  // namespace shunt::route
