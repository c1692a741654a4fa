// The server's side of a stream until it is connected: attempts, and the first bytes that are sent without
// waiting.
#include <poll.h>
#include <sys/epoll.h>

#include <cerrno>
#include <cstring>

#include "runtime/error_text.hpp"
#include "runtime/server_socket.hpp"
#include "runtime/session_log.hpp"
#include "runtime/stream.hpp"

namespace shunt::runtime {

using route::EventKind;

Stream::MaybeEvent Stream::start_attempt(const route::Step& step) {
  if (phase_ == Phase::connecting && attempt_ == step.attempt) return go_on_connecting();
  close_server();
  phase_ = Phase::connecting;
  attempt_ = step.attempt;
  if (thread_.graph().servers[step.server].tls && !take_tls_place())
    return event(EventKind::connect_impossible, "Reached configured maxconn value");
  MaybeEvent const opened = open_server(step);
  bool const carries = !opened || opened->kind == EventKind::connected;
  if (carries && !server_.inside() && session_.server()->socks4) return begin_asking_for_way();
  OutgoingTls const* const tls = carries ? server_tls_context() : nullptr;
  if (tls == nullptr) return opened ? opened : read_while_connecting();
  if (!begin_server_tls(*tls)) return impossible(Lack::tls_memory);
  return read_while_connecting();
}

// Nothing: the connection is on its way.
Stream::MaybeEvent Stream::open_server(const route::Step& step) {
  graph::Server const& server = thread_.graph().servers[step.server];
  if (MemorySocket* const inside = thread_.inner.connect(server)) {
    server_ = Transport(Wire{.memory = inside});
    return event(EventKind::connected);
  }
  if (server.socks4) way_target_ = step.target;
  ServerSocket const opened =
      open_server_socket(*thread_.generation->namespaces, server, server.socks4.value_or(step.target),
                         session_.backend()->options, session_.source(), step.marks, thread_.source_turn);
  server_ = Transport(opened.fd);
  switch (opened.status) {
    case ServerSocket::Status::connected: return event(EventKind::connected);
    case ServerSocket::Status::impossible: return impossible(opened.lack);
    case ServerSocket::Status::connecting: break;
  }
  return std::nullopt;
}

Stream::MaybeEvent Stream::impossible(Lack lack) {
  log_lack(thread_, *session_.backend(), lack);
  return event(EventKind::connect_impossible, error_text(lack));
}

// A client that goes ends the attempt only as long as there is one: on a local network the connection is
// mostly there already, though nobody told of it yet.
Stream::MaybeEvent Stream::read_while_connecting() {
  MaybeEvent input = read_input();
  if (!input) return go_on_connecting();
  bool const goes = to_server_.ended || client_failed_;
  return goes && !server_.tls() && way_ == Way::open && connected_already() ? event(EventKind::connected)
                                                                            : input;
}

bool Stream::connected_already() const {
  pollfd asked{.fd = server_.fd(), .events = POLLOUT, .revents = 0};
  return ::poll(&asked, 1, 0) == 1 && asked.revents == POLLOUT;
}

// What is to be sent finds out without a wait whether the connection is there.
Stream::MaybeEvent Stream::go_on_connecting() {
  if (watches_server_ || way_ != Way::open) return std::nullopt;
  if (server_.tls()) return shake_hands_with_server();
  if (MaybeEvent sent = send_early()) return sent;
  watch_server(true);
  return std::nullopt;
}

Stream::MaybeEvent Stream::send_early() {
  std::string_view bytes = to_server_.buffer ? to_server_.buffer->data() : std::string_view();
  std::string const header = session_.proxy_header_to_send(bytes);
  if (header.empty() && bytes.empty()) return std::nullopt;
  std::string joined;
  if (!header.empty()) bytes = joined.append(header).append(bytes);
  IoResult const sent = server_.write(bytes);
  if (sent.status == IoStatus::failed) return connect_error(sent.error);
  if (sent.bytes == 0) return std::nullopt;
  header_made_ = true;
  route::Event connected = event(EventKind::connected);
  // The session has seen the input; what is left of it is only to be relayed.
  connected.input.data = {};
  bytes.remove_prefix(sent.bytes);
  Buffer* const rest = bytes.empty() ? nullptr
                                     : thread_.relay.buffers.take(std::max<std::size_t>(
                                           bytes.size(), thread_.relay.buffers.standard_size()));
  if (rest) rest->append(bytes);
  release(to_server_, thread_.relay);
  to_server_.buffer = rest;
  return connected;
}

Stream::MaybeEvent Stream::connect_error(int error) {
  return event(EventKind::connect_failed, error_text(error));
}

void Stream::server_ready_before_relay(std::uint32_t events) {
  if (phase_ != Phase::connecting) return;
  if (way_ != Way::open) return way_ready(events);
  if (server_.tls()) return server_handshake_ready(events);
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
    int const error = server_.take_error();
    if (error != 0 || (events & EPOLLHUP) != 0) {
      if (MaybeEvent failed = connect_error(error)) drive(*failed);
      return;
    }
  }
  if ((events & (EPOLLIN | EPOLLRDHUP)) != 0) to_client_.readable = true;
  to_client_.note_events(events);
  if ((events & (EPOLLOUT | EPOLLIN | EPOLLRDHUP)) != 0) drive(event(EventKind::connected));
}

void Stream::prepend_proxy_header() {
  if (header_made_) return;
  header_made_ = true;
  std::string_view const input = to_server_.buffer ? to_server_.buffer->data() : std::string_view();
  std::string const header = session_.proxy_header_to_send(input);
  if (header.empty()) return;
  Buffer* const joined = thread_.relay.buffers.take(
      std::max(header.size() + input.size(), thread_.relay.buffers.standard_size()));
  joined->append(header);
  joined->append(input);
  release(to_server_, thread_.relay);
  to_server_.buffer = joined;
}

void Stream::watch_server(bool for_writing) {
  std::uint32_t events = EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLET;
  if (for_writing) events |= EPOLLOUT;
  server_writing_ = for_writing;
  watches_server_ = server_.watch(thread_.engine, *this, server_side, events);
  // Without a watch nothing would ever happen; the deadline of the attempt ends it.
}

void Stream::close_server() {
  abandon_handshake();
  leave_tls_place();
  server_.close();  // the kernel takes it out of the epoll set
  watches_server_ = false;
  server_writing_ = false;
  way_ = Way::open;
}

}  // namespace shunt::runtime
