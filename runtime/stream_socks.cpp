// The way to a server through a SOCKS4 proxy: asked for once the proxy is connected, before anything else is
// said.
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>

#include "runtime/error_text.hpp"
#include "runtime/socks4.hpp"
#include "runtime/stream.hpp"
#include "runtime/tls/outgoing_tls.hpp"

namespace shunt::runtime {

using route::EventKind;

// The reply arrives later; what the client sends meanwhile waits.
Stream::MaybeEvent Stream::begin_asking_for_way() {
  way_ = Way::unasked;
  watch_server(true);
  return read_input();
}

void Stream::way_ready(std::uint32_t events) {
  if (MaybeEvent happened = ask_for_way(events)) drive(*happened);
}

Stream::MaybeEvent Stream::ask_for_way(std::uint32_t events) {
  if (int const error = server_.take_error(); error != 0)
    return way_ == Way::asked ? event(EventKind::server_handshake_failed, socks4_end) : connect_error(error);
  if (way_ == Way::unasked && (events & EPOLLOUT) != 0) {
    auto const request = socks4_request(way_target_);
    if (!request) return impossible(Lack::other);
    if (::send(server_.fd(), request->data(), request->size(), MSG_NOSIGNAL) < 0)
      return event(EventKind::server_handshake_failed, socks4_end);
    way_ = Way::asked;
  }
  if (way_ != Way::asked) return std::nullopt;
  switch (read_socks4_reply(server_.fd())) {
    case Socks4Reply::waiting: return std::nullopt;
    case Socks4Reply::denied: return event(EventKind::server_handshake_failed, socks4_denial);
    case Socks4Reply::ended: return event(EventKind::server_handshake_failed, socks4_end);
    case Socks4Reply::granted: break;
  }
  way_ = Way::open;
  return begin_behind_proxy();
}

Stream::MaybeEvent Stream::begin_behind_proxy() {
  if (OutgoingTls const* const tls = server_tls_context()) {
    if (!begin_server_tls(*tls)) return impossible(Lack::tls_memory);
    return shake_hands_with_server();
  }
  to_client_.readable = true;  // the server may have spoken together with the reply
  if (MaybeEvent sent = send_early()) return sent;
  return event(EventKind::connected);
}

}  // namespace shunt::runtime
