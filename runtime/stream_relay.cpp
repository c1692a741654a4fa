// The relay phase of a stream: readiness to pumping, idle limits, the end and what each side gets to see of
// it.
#include <sys/epoll.h>

#include "runtime/session_log.hpp"
#include "runtime/stream.hpp"

namespace shunt::runtime {

using route::EndCause;

namespace {

constexpr std::uint32_t readable_events = EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR;
constexpr std::uint32_t writable_events = EPOLLOUT | EPOLLHUP | EPOLLERR;

SpliceUse splice_use(bool asked_for) {
  return asked_for ? SpliceUse::from_first_byte : SpliceUse::when_bulky;
}

}  // namespace

void Stream::begin_relay() {
  if (phase_ == Phase::relay) return;
  phase_ = Phase::relay;
  graph::ProxyOptions const& front = session_.frontend().options;
  graph::ProxyOptions const& back = session_.backend()->options;
  to_server_.splice = splice_use(front.splice_request || back.splice_request);
  to_client_.splice = splice_use(front.splice_response || back.splice_response);
  prepend_proxy_header();
  if (!watches_server_) watch_server(false);
  if (session_.logs_early()) log_end(thread_, session_, server_.fd());
  session_.begin_limits();
  begin_idle_time();
  if (client_failed_) return finish(EndCause::client_reset);
  pump_both(true, to_client_.readable && !holding_);
  exchanged_ = false;
}

// The client's idle time goes on from where it stood, but a tunnel's begins now.
void Stream::begin_idle_time() {
  idle_.client.restart(thread_.engine.now());
  idle_.server.restart(thread_.engine.now());
  auto const client_limit = session_.frontend().timeouts.client;
  auto const running = session_.client_deadline();
  if (running && client_limit && !session_.backend()->timeouts.tunnel)
    idle_.client.restart(*running - *client_limit);
  set_idle_deadline();
}

void Stream::relay_ready(unsigned side, std::uint32_t events) {
  Flow& source = flow_from(side);
  Flow& sink = flow_from(1 - side);
  if (TlsConnection* const tls = transport(side).tls()) tls->on_readable((events & EPOLLRDHUP) != 0);
  bool const read = (events & readable_events) != 0;
  bool const write = (events & writable_events) != 0 && sink.blocked;
  if (read) source.readable = true;
  source.note_events(events);
  if (write) sink.blocked = false;
  if (side == client_side) {
    if (failed_while_blocked(events)) return side_failed(client_side);
    pump_both(read, write);
  } else {
    pump_both(write, read);
  }
}

// A direction that waits for its sink does not read, and so would not notice that its source is dead.
bool Stream::failed_while_blocked(std::uint32_t events) const {
  return (events & EPOLLERR) != 0 && to_server_.holds_bytes() && client_.take_error() != 0;
}

void Stream::on_resume() {
  resuming_ = false;
  if (phase_ == Phase::relay) pump_both(true, true);
}

void Stream::pump_both(bool to_server, bool to_client) {
  if (to_server && !pump_one(client_side)) return;
  // Reading TLS can leave an answer to be sent.
  if (to_client || client_.has_unsent()) {
    if (!pump_one(server_side)) return;
  }
  if (!to_server && server_.has_unsent()) static_cast<void>(pump_one(client_side));
}

bool Stream::pump_one(unsigned source) {
  if (source == server_side && holding_) return hear_server();
  unsigned const sink = 1 - source;
  Flow& flow = flow_from(source);
  bool const last = (flow_from(sink).passed_on && !flow_from(sink).given_up) || resets_at_end(source);
  bool const had_ended = flow.passed_on, was_owed = owes(source);
  PumpResult const result = pump(flow, transport(source), transport(sink), thread_.relay, last);
  if (source == client_side) {
    session_.count_to_server(result.read);
  } else {
    session_.count_to_client(result.read);
  }
  if (flow.blocked) arm_writing(sink);
  if (result.moved) note_activity(source, result.read != 0, flow.passed_on);
  // Now other limits may apply, and they may be shorter.
  if (flow.passed_on != had_ended || (was_owed && result.moved)) set_idle_deadline();
  switch (result.status) {
    case PumpResult::Status::waiting: return true;
    case PumpResult::Status::more: go_on_later(); return true;
    case PumpResult::Status::finished: return direction_finished(source);
    case PumpResult::Status::source_failed: side_failed(source); return phase_ == Phase::relay;
    case PumpResult::Status::sink_failed: side_failed(sink); return phase_ == Phase::relay;
  }
  return true;
}

bool Stream::owes(unsigned source) const {
  Transport const& sink = source == client_side ? server_ : client_;
  if (source == server_side && holding_) return sink.has_unsent();
  return flow_from(source).holds_bytes() || sink.has_unsent();
}

// Bytes restart the idle times, except for those that come together with the end [seen]. The end itself
// restarts the time of the other side only where that has a limit of its own from now on.
void Stream::note_activity(unsigned source, bool heard, bool ended) {
  Time const now = thread_.engine.now();
  exchanged_ = true;
  if (!ended) {
    if (heard || !independent(source)) idle_of(source).note_heard(now, independent(source));
    idle_of(1 - source).note_told(now, independent(1 - source));
  } else if (source == client_side) {
    if (session_.backend()->timeouts.server_fin) idle_.server.restart(now);
  } else if (session_.frontend().timeouts.client_fin) {
    idle_.client.restart(now);
  }
}

bool Stream::independent(unsigned side) const {
  graph::Proxy const& proxy = side == client_side ? session_.frontend() : *session_.backend();
  return proxy.options.independent_streams;
}

bool Stream::direction_finished(unsigned source) {
  if (!flow_from(1 - source).passed_on && !resets_at_end(source)) return true;
  finish(EndCause::done);
  return false;
}

// option nolinger: no half-close towards a server that is silent.
bool Stream::resets_at_end(unsigned source) const {
  return source == client_side && session_.backend()->options.nolinger && !server_sent_fin();
}

void Stream::go_on_later() {
  if (resuming_) return;
  resuming_ = true;
  thread_.engine.go_on_later(*this);
}

// Registered for writing only after the first refusal, and then left so: an edge costs nothing while it is
// not waited for.
void Stream::arm_writing(unsigned sink) {
  constexpr std::uint32_t events = EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLOUT | EPOLLET;
  if (sink == client_side) {
    if (client_writing_ || !watches_client_) return;
    client_writing_ = client_.watch_for(thread_.engine, *this, client_side, events);
  } else {
    if (server_writing_ || !watches_server_) return;
    server_writing_ = server_.watch_for(thread_.engine, *this, server_side, events);
  }
}

route::IdleDue Stream::idle_due() const {
  graph::Timeouts back = session_.backend()->timeouts;
  if (holding_) back.tunnel.reset();  // there is none yet
  return route::idle_due(session_.frontend().timeouts, back, idle_,
                         {.ended = to_server_.passed_on, .owed = owes(server_side)},
                         {.ended = to_client_.passed_on, .owed = owes(client_side)});
}

void Stream::set_idle_deadline() {
  route::IdleDue const due = idle_due();
  std::optional<Time> first;
  for (auto const& each : {due.client, due.server, session_.response_deadline()})
    if (each && (!first || *each < *first)) first = each;
  set_deadline(first);
}

// The deadline is not moved at each activity; when it comes, it looks how long ago the last one was.
void Stream::idle_deadline() {
  route::IdleDue const due = idle_due();
  Time const now = thread_.engine.now();
  if (auto const response = session_.response_deadline(); response && *response <= now)
    return drive(event(route::EventKind::deadline));
  bool const client = due.client && *due.client <= now;
  bool const server = due.server && *due.server <= now;
  if (client && server) return both_idle();
  if (client) return give_up(client_side);
  if (server) return give_up(server_side);
  set_idle_deadline();
}

// HAProxy resets the server at the end of a tunnel in which nothing has passed since it was connected.
void Stream::both_idle() {
  if (session_.backend()->timeouts.tunnel && !exchanged_) server_.reset_on_close();
  finish(EndCause::client_timeout, true);
}

// A side that was silent for too long counts as one that has ended: nothing more is read from it, but it may
// still be spoken to. One that doesn't read either is of no use any more.
void Stream::give_up(unsigned side) {
  EndCause const cause = side == client_side ? EndCause::client_timeout : EndCause::server_timeout;
  if (owes(1 - side)) return finish(cause);
  if (side == server_side && holding_) return server_silent_for_too_long();
  session_.note_timeout(cause);
  Flow& flow = flow_from(side);
  flow.ended = flow.given_up = true;
  static_cast<void>(pump_one(side));
}

// A client that is gone ends it all. What a server sent before it went is still delivered.
void Stream::side_failed(unsigned side) {
  if (side == client_side) return finish(EndCause::client_reset);
  bool const first = !server_gone_;
  server_gone_ = true;
  release(to_server_, thread_.relay);
  to_server_.passed_on = true;
  to_client_.readable = to_client_.last_words = true;
  to_client_.ended = to_client_.ended || !first;
  static_cast<void>(pump_one(server_side));
}

void Stream::finish(EndCause cause, bool spare_client) {
  if (server_gone_ && cause == EndCause::done) cause = EndCause::server_reset;
  bool const logged = phase_ == Phase::relay && session_.logs_early();
  session_.finish(cause, thread_.engine.now());
  if (!logged) log_end(thread_, session_, server_.fd());
  // Not even option nolinger makes an ordinary end a reset: after the server's FIN both sides close as
  // always. A client that was silent for too long is not reset either (one that does not read is), a server
  // is.
  graph::Proxy const* const backend = session_.backend();
  bool const client_nolinger =
      session_.frontend().options.nolinger && !spare_client && !to_client_.passed_on && !to_server_.given_up;
  bool const server_nolinger = backend && backend->options.nolinger && !server_sent_fin();
  // A server that has said its last word still gets the client's as they were sent.
  bool const client_reset = cause == EndCause::client_reset && !server_sent_fin();
  close(client_nolinger, client_reset || server_nolinger || server_gone_);
}

void Stream::close(bool reset_client, bool reset_server) {
  phase_ = Phase::dead;
  if (reset_client && client_.open()) client_.reset_on_close();
  if (reset_server && server_.open()) server_.reset_on_close();
  release(to_server_, thread_.relay);
  release(to_client_, thread_.relay);
  abandon_handshake();
  server_.close();
  if (client_.tls() && begun_ && !reset_client) static_cast<void>(client_.shutdown_write());
  client_.close();
  unlink();
  thread_.engine.retire(*this);
}

}  // namespace shunt::runtime
