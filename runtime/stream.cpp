// The life of a stream: opening, carrying out the session's steps, dying.
#include "runtime/stream.hpp"

#include <sys/epoll.h>

#include <new>

#include "runtime/drain.hpp"
#include "runtime/session_log.hpp"

namespace shunt::runtime {

using route::EventKind;
using route::Step;

namespace {

constexpr std::uint32_t readable_events = EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR;

}  // namespace

Stream::Stream(ThreadContext& thread, const AcceptedSocket& socket)
    : thread_(thread),
      client_(socket.wire),
      session_(thread.facilities, socket.listener, socket.source, socket.destination,
               std::chrono::system_clock::now()) {
  session_.set_sockets(*this);
  session_.set_name_listener(*this);
}

void Stream::start(ThreadContext& thread, const AcceptedSocket& socket) {
  ++thread.living;
  auto* const stream = new (thread.stream_memory.take()) Stream(thread, socket);
  stream->open();
}

void Stream::destroy() {
  ThreadContext& thread = thread_;
  thread.sockets->release(session_.listener(), session_.frontend());
  leave(thread.counters->admission, thread.graph().global, session_.listener());
  leave_tls_place();
  this->~Stream();
  thread.stream_memory.give_back(this);
  thread.counters->connections.fetch_sub(1, std::memory_order_relaxed);
  --thread.living;
  thread.observer.stream_ended();  // may be the end of the thread's part of this generation
}

void Stream::link() {
  next_ = thread_.streams;
  back_ = &thread_.streams;
  if (next_) next_->back_ = &next_;
  thread_.streams = this;
  thread_.stream_count.fetch_add(1, std::memory_order_relaxed);
}

void Stream::unlink() {
  *back_ = next_;
  if (next_) next_->back_ = back_;
  thread_.stream_count.fetch_sub(1, std::memory_order_relaxed);
}

void Stream::open() {
  link();
  to_server_.readable = true;
  // What came with the connection has to be there at the first step: rules without a delay see it, a client
  // that has already ended is served, one that has reset is not.
  if (speaks_plainly()) static_cast<void>(read_input());
  drive(event(EventKind::accepted));
  if (phase_ == Phase::dead) return;
  watches_client_ =
      client_.watch(thread_.engine, *this, client_side, EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLET);
  if (!watches_client_) return finish(route::EndCause::stopped);
  if (to_client_.blocked || client_.has_unsent()) arm_writing(client_side);
}

void Stream::drive(const route::Event& first) {
  MaybeEvent next = first;
  while (next && phase_ != Phase::dead) {
    Step const step = session_.step(*next);
    next = enter(step);
  }
}

Stream::MaybeEvent Stream::enter(const Step& step) {
  if (step.kind == Step::Kind::close) {
    if (session_.log_kind() == route::LogKind::session) note_begin_of_stream();
    if (phase_ != Phase::relay || !session_.logs_early()) log_end(thread_, session_, server_.fd());
    if (step.vanish) client_.vanish_on_close(step.vanish_ttl);
    if (refused_unread() && !step.vanish) client_.leave_unread();
    if (holding_) drain(server_.wire());  // a server that is refused before it was read gets a FIN [seen]
    close(step.reset || step.vanish, step.reset);
    return std::nullopt;
  }
  set_deadline(step.deadline);
  if (step.client_given_up) give_client_up();
  switch (step.kind) {
    case Step::Kind::read_netscaler_header:
    case Step::Kind::read_proxy_header: return await_header(step);
    case Step::Kind::handshake_tls: return start_tls();
    default: break;
  }
  note_begin_of_stream();
  switch (step.kind) {
    case Step::Kind::wait_input: phase_ = Phase::input; return read_input();
    case Step::Kind::connect: return start_attempt(step);
    case Step::Kind::wait_turn: session_.set_sleeper(*this); [[fallthrough]];
    case Step::Kind::wait_retry:
      close_server();
      phase_ = Phase::pause;
      return read_input();
    default: return go_on_relaying(step);
  }
}

// HAProxy serves a client whose timeout passed while the server was being reached, but listens to it no more.
void Stream::give_client_up() {
  release(to_server_, thread_.relay);
  to_server_.ended = true;
}

// Bytes that HAProxy leaves unread make the kernel close with RST; here they were read before the rules ran.
bool Stream::refused_unread() const { return !begun_ && to_server_.holds_bytes(); }

route::Event Stream::event(EventKind kind, std::string_view text) const {
  route::Event made{.kind = kind,
                    .at = thread_.engine.now(),
                    .input_ended = to_server_.ended,
                    .client_failed = client_failed_,
                    .text = text};
  made.input.available = true;
  if (to_server_.buffer) made.input.data = to_server_.buffer->data();
  made.input.complete = to_server_.ended || made.input.data.size() >= thread_.input_limit();
  if (!holding_) return made;
  made.response.available = true;
  if (to_client_.buffer) made.response.data = to_client_.buffer->data();
  made.response.complete = to_client_.ended || made.response.data.size() >= thread_.input_limit();
  return made;
}

void Stream::set_deadline(std::optional<Time> deadline) {
  if (deadline) {
    thread_.engine.schedule(*this, *deadline);
  } else {
    thread_.engine.cancel(*this);
  }
}

void Stream::note_begin_of_stream() {
  if (begun_) return;
  begun_ = true;
  log_begin(thread_, session_);
}

void Stream::on_ready(unsigned side, std::uint32_t events) {
  if (phase_ == Phase::dead) return;
  if (phase_ == Phase::relay) return relay_ready(side, events);
  if (side == client_side) return client_ready_before_relay(events);
  server_ready_before_relay(events);
}

void Stream::client_ready_before_relay(std::uint32_t events) {
  if ((events & readable_events) != 0) to_server_.readable = true;
  to_server_.note_events(events);
  if (client_.tls()) client_.tls()->on_readable((events & EPOLLRDHUP) != 0);
  MaybeEvent happened;
  switch (phase_) {
    case Phase::header: happened = read_header(); break;
    case Phase::handshake: happened = shake_hands(); break;
    default:
      happened = phase_ == Phase::connecting ? read_while_connecting() : read_input();
      if (!happened && failed_while_blocked(events)) happened = tls_event(EventKind::client_reset);
      break;
  }
  if (happened) drive(*happened);
}

void Stream::on_deadline() {
  if (phase_ == Phase::dead) return;
  if (phase_ == Phase::relay) return idle_deadline();
  drive(tls_event(EventKind::deadline));
}

void Stream::turn_has_come() {
  if (phase_ == Phase::pause) drive(event(EventKind::turn));
}

void Stream::name_answered(const fetchers::Endpoint& found) {
  if (phase_ != Phase::input) return;
  route::Event answered = event(EventKind::answer);
  answered.address = found;
  drive(answered);
}

void Stream::end_if_on(const route::ServerState* server, route::EndCause cause) {
  if (phase_ != Phase::relay && phase_ != Phase::connecting) return;
  graph::Server const* const own = session_.server();
  if (own != nullptr && &thread_.generation->state->server(own->id) == server) finish(cause);
}

void Stream::kill() {
  if (phase_ != Phase::dead) finish(route::EndCause::stopped);
}

}  // namespace shunt::runtime
