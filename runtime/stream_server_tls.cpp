// TLS towards the server: greeting, handshake, and what a failed attempt leaves to the other end.
#include <sys/epoll.h>

#include "runtime/admission.hpp"
#include "runtime/drain.hpp"
#include "runtime/error_text.hpp"
#include "runtime/stream.hpp"
#include "runtime/tls/outgoing_tls.hpp"

namespace shunt::runtime {

using route::EventKind;

const OutgoingTls* Stream::server_tls_context() const {
  graph::Server const& server = *session_.server();
  bool const wanted = server.tls && server.tls->sessions;
  return wanted ? thread_.server_tls(server.id) : nullptr;
}

// False: there are as many connections with TLS as the process may have.
bool Stream::take_tls_place() {
  has_tls_place_ = enter_tls(thread_.counters->admission, thread_.graph().global);
  return has_tls_place_;
}

void Stream::leave_tls_place() {
  if (has_tls_place_) leave_tls(thread_.counters->admission, thread_.graph().global);
  has_tls_place_ = false;
}

// The PROXY header goes ahead in the clear, together with the hello.
bool Stream::begin_server_tls(const OutgoingTls& context) {
  std::string_view const input = to_server_.buffer ? to_server_.buffer->data() : std::string_view();
  std::string const name = session_.server_name(input);
  std::string const header = session_.proxy_header_to_send(input);
  TlsConnection* const tls =
      TlsConnection::connect(context, {.server_name = name, .before = header}, server_.wire(), thread_.tls);
  if (!tls) return false;
  server_.set_tls(tls);
  return true;
}

Stream::MaybeEvent Stream::shake_hands_with_server() {
  switch (server_.tls()->handshake()) {
    case HandshakeStatus::waiting:
      if (!watches_server_) watch_server(true);
      return std::nullopt;
    case HandshakeStatus::established: break;
    default: return server_handshake_failed();
  }
  header_made_ = true;
  to_client_.readable = true;  // the server may have spoken in the same flight
  return event(EventKind::connected);
}

void Stream::server_handshake_ready(std::uint32_t events) {
  server_.tls()->on_readable((events & EPOLLRDHUP) != 0);
  to_client_.note_events(events);
  if (MaybeEvent happened = shake_hands_with_server()) drive(*happened);
}

// Before anything was sent it is the connection that failed.
Stream::MaybeEvent Stream::server_handshake_failed() {
  TlsConnection const& tls = *server_.tls();
  if (!tls.spoke()) return connect_error(tls.socket_error());
  return event(EventKind::server_handshake_failed, tls.failure());
}

// An attempt that is over before its handshake ends with RST, but not where the server has closed already.
// What it sent is thrown away first, so that the alert reaches it.
void Stream::abandon_handshake() {
  if (!server_.tls() || server_.tls()->established()) return;
  if (!drain(server_.wire())) server_.reset_on_close();
}

const fetchers::TlsView* Stream::server_tls() const { return server_.tls(); }

}  // namespace shunt::runtime
