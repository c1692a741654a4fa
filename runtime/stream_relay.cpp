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
  if (front.logasap) log_end(thread_, session_, server_.fd());
  last_activity_ = thread_.engine.now();
  set_idle_deadline();
  pump_both(true, to_client_.readable);
}

void Stream::relay_ready(unsigned side, std::uint32_t events) {
  Flow& source = flow_from(side);
  Flow& sink = flow_from(1 - side);
  if (side == client_side && client_.tls()) client_.tls()->on_readable((events & EPOLLRDHUP) != 0);
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
  if (to_client || client_.has_unsent()) static_cast<void>(pump_one(server_side));
}

bool Stream::pump_one(unsigned source) {
  unsigned const sink = 1 - source;
  Flow& flow = flow_from(source);
  bool const last = flow_from(sink).passed_on || resets_at_end(source);
  PumpResult const result = pump(flow, transport(source), transport(sink), thread_.relay, last);
  if (source == client_side) {
    session_.count_to_server(result.read);
  } else {
    session_.count_to_client(result.read);
  }
  if (result.moved) last_activity_ = thread_.engine.now();
  if (flow.blocked) arm_writing(sink);
  switch (result.status) {
    case PumpResult::Status::waiting: return true;
    case PumpResult::Status::more: go_on_later(); return true;
    case PumpResult::Status::finished: return direction_finished(source, result.moved);
    case PumpResult::Status::source_failed: side_failed(source); return phase_ == Phase::relay;
    case PumpResult::Status::sink_failed: side_failed(sink); return phase_ == Phase::relay;
  }
  return true;
}

bool Stream::direction_finished(unsigned source, bool just_now) {
  if (!flow_from(1 - source).passed_on && !resets_at_end(source)) {
    if (just_now) set_idle_deadline();
    return true;
  }
  finish(EndCause::done);
  return false;
}

// option nolinger: no half-close towards a server that is silent.
bool Stream::resets_at_end(unsigned source) const {
  return source == client_side && session_.backend()->options.nolinger && !to_client_.passed_on;
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
    client_writing_ = thread_.engine.modify(client_.fd(), *this, client_side, events);
  } else {
    if (server_writing_ || !watches_server_) return;
    server_writing_ = thread_.engine.modify(server_.fd(), *this, server_side, events);
  }
}

void Stream::set_idle_deadline() {
  auto const idle = route::idle_limit(session_.frontend().timeouts, session_.backend()->timeouts,
                                      to_server_.passed_on, to_client_.passed_on);
  set_deadline(idle.limit ? std::optional(last_activity_ + *idle.limit) : std::nullopt);
}

// The deadline is not moved at each activity; when it comes, it looks how long ago the last one was.
void Stream::idle_deadline() {
  auto const idle = route::idle_limit(session_.frontend().timeouts, session_.backend()->timeouts,
                                      to_server_.passed_on, to_client_.passed_on);
  if (!idle.limit) return;
  if (last_activity_ + *idle.limit > thread_.engine.now()) return set_idle_deadline();
  // Under `timeout tunnel` HAProxy resets the server of a session that nobody has ended.
  bool const whole_tunnel =
      session_.backend()->timeouts.tunnel && !to_server_.passed_on && !to_client_.passed_on;
  if (whole_tunnel) server_.reset_on_close();
  finish(idle.cause);
}

// A client that is gone ends it all. What a server sent before it went is still delivered.
void Stream::side_failed(unsigned side) {
  if (side == client_side) return finish(EndCause::client_reset);
  bool const first = !server_gone_;
  server_gone_ = true;
  release(to_server_, thread_.relay);
  to_server_.passed_on = true;
  to_client_.readable = true;
  to_client_.ended = to_client_.ended || !first;
  static_cast<void>(pump_one(server_side));
}

void Stream::finish(EndCause cause) {
  if (server_gone_ && cause == EndCause::done) cause = EndCause::server_reset;
  bool const logged = phase_ == Phase::relay && session_.frontend().options.logasap;
  session_.finish(cause, thread_.engine.now());
  if (!logged) log_end(thread_, session_, server_.fd());
  // Not even option nolinger makes an ordinary end a reset: after the server's FIN both sides close as
  // always.
  graph::Proxy const* const backend = session_.backend();
  bool const client_nolinger = session_.frontend().options.nolinger && !to_client_.passed_on;
  bool const server_nolinger = backend && backend->options.nolinger && !to_client_.passed_on;
  close(client_nolinger, cause == EndCause::client_reset || server_nolinger);
}

void Stream::close(bool reset_client, bool reset_server) {
  phase_ = Phase::dead;
  if (reset_client && client_.open()) client_.reset_on_close();
  if (reset_server && server_.open()) server_.reset_on_close();
  release(to_server_, thread_.relay);
  release(to_client_, thread_.relay);
  server_.close();
  if (client_.tls() && !reset_client) static_cast<void>(client_.shutdown_write());
  client_.close();
  unlink();
  thread_.engine.retire(*this);
}

}  // namespace shunt::runtime
