// The server's bytes while rules look at them: kept in the flow's buffer, passed on when the session says so.
#include "runtime/stream.hpp"

namespace shunt::runtime {

using route::EventKind;

// The relay begins, or rules have said something about the bytes that it holds.
Stream::MaybeEvent Stream::go_on_relaying(const route::Step& step) {
  bool const begins = phase_ != Phase::relay, held = holding_;
  holding_ = step.holds;
  if (begins) begin_relay();
  if (phase_ != Phase::relay) return std::nullopt;
  // The rules are asked before anything is read, even if it is there already [seen].
  if (begins && holding_) return event(EventKind::response);
  if (step.close_server) drop_server();
  if (held && !holding_) {
    pass_held_on();
    return std::nullopt;
  }
  set_idle_deadline();
  return holding_ && read_held() ? MaybeEvent(event(EventKind::response)) : std::nullopt;
}

// What was held counts for no idle time [seen]: a tunnel's begins now, the others go on.
void Stream::pass_held_on() {
  if (session_.backend()->timeouts.tunnel) {
    idle_.client.restart(thread_.engine.now());
    idle_.server.restart(thread_.engine.now());
  }
  route::IdleSince const idle = idle_;
  if (!pump_one(server_side)) return;
  idle_ = idle;
  exchanged_ = false;
  set_idle_deadline();
}

// Whether the stream still relays afterwards.
bool Stream::hear_server() {
  if (client_.has_unsent() && client_.flush().status == IoStatus::drained) arm_writing(client_side);
  if (read_held()) drive(event(EventKind::response));
  return phase_ == Phase::relay;
}

// Whether there is something that rules have not seen yet.
bool Stream::read_held() {
  bool news = false;
  std::size_t const limit = thread_.input_limit();
  while (to_client_.readable && !to_client_.ended) {
    if (!to_client_.buffer) to_client_.buffer = thread_.relay.buffers.take();
    Buffer& buffer = *to_client_.buffer;
    if (buffer.size() >= limit) break;
    IoResult const got = server_.read(buffer.space(), limit - buffer.size());
    buffer.added(got.bytes);
    session_.count_to_client(got.bytes);
    if (got.bytes != 0) idle_.server.note_heard(thread_.engine.now(), independent(server_side));
    if (got.status == IoStatus::failed) {
      release(to_server_, thread_.relay);
      server_gone_ = to_server_.passed_on = to_client_.ended = true;
    } else {
      to_client_.note_read(got, server_);
    }
    news = news || got.bytes != 0 || to_client_.ended;
  }
  if (to_client_.buffer && to_client_.buffer->empty()) release(to_client_, thread_.relay);
  return news;
}

// Rules have the last word; only if they let the bytes pass it is the silence that names the end [seen].
void Stream::server_silent_for_too_long() {
  to_client_.ended = to_client_.given_up = true;
  route::Step const step = session_.step(event(EventKind::response));
  if (step.kind != route::Step::Kind::close) session_.note_timeout(route::EndCause::server_timeout);
  static_cast<void>(enter(step));
}

void Stream::drop_server() {
  server_.reset_on_close();
  close_server();
  release(to_server_, thread_.relay);
  to_server_.ended = to_server_.passed_on = to_client_.ended = true;
}

}  // namespace shunt::runtime
