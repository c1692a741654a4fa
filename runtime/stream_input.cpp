// What the client sends before bytes are relayed: the PROXY header, the TLS handshake, what rules want to
// see.
#include <sys/epoll.h>
#include <sys/socket.h>

#include "fetchers/wire/proxy_header.hpp"
#include "runtime/stream.hpp"
#include "runtime/tls/tls_context.hpp"

namespace shunt::runtime {

using route::EventKind;
namespace wire = fetchers::wire;

Buffer& Stream::input_buffer() {
  if (!to_server_.buffer) to_server_.buffer = thread_.relay.buffers.take();
  return *to_server_.buffer;
}

bool Stream::speaks_plainly() const {
  graph::Listener const& listener = session_.listener();
  return !listener.accept_proxy && !listener.tls;
}

// HAProxy looks once: a header that is not there in one piece is an error.
Stream::MaybeEvent Stream::read_header() {
  if (!to_server_.readable) return std::nullopt;
  Buffer& buffer = input_buffer();
  IoResult const got = client_.read(buffer.space(), buffer.room());
  buffer.added(got.bytes);
  // A FIN or an error that epoll told of together with the header is not told again: it has to be read.
  if (got.status == IoStatus::drained && !to_server_.hangup && !to_server_.read_on)
    to_server_.readable = false;
  if (got.status == IoStatus::failed) return event(EventKind::client_reset);
  if (got.bytes != 0) return parse_header();
  release(to_server_, thread_.relay);
  if (got.status != IoStatus::ended) return std::nullopt;
  return event(EventKind::proxy_header_failed, "Connection closed while waiting for PROXY protocol header");
}

// The session reads the header where it lies, so its bytes go only after the step.
Stream::MaybeEvent Stream::parse_header() {
  auto const header = wire::read_proxy_header(to_server_.buffer->data());
  if (!header) {
    session_.announce(wire::announced_source(to_server_.buffer->data()));
    return event(EventKind::proxy_header_failed, wire::message(header.error()));
  }
  route::Event parsed = event(EventKind::proxy_header);
  parsed.header = &header.value();
  parsed.input.data.remove_prefix(header.value().size);
  if (!session_.listener().tls) session_.count_to_server(parsed.input.data.size());
  route::Step const step = session_.step(parsed);
  to_server_.buffer->consume(header.value().size);
  return enter(step);
}

Stream::MaybeEvent Stream::start_tls() {
  if (phase_ == Phase::handshake) return std::nullopt;
  phase_ = Phase::handshake;
  TlsContext const* const context = thread_.generation->tls[session_.listener().id].get();
  TlsConnection* const tls = context ? TlsConnection::accept(*context, client_.wire(), thread_.tls) : nullptr;
  if (!tls) return event(EventKind::tls_failed, "SSL handshake failure");
  client_.set_tls(tls);
  tls->on_readable(to_server_.hangup);
  if (to_server_.buffer) tls->prime(to_server_.buffer->data());
  release(to_server_, thread_.relay);
  return shake_hands();
}

Stream::MaybeEvent Stream::shake_hands() {
  switch (client_.tls()->handshake()) {
    case HandshakeStatus::waiting:
      if (client_.has_unsent()) arm_writing(client_side);
      return std::nullopt;
    case HandshakeStatus::closed:
      return tls_event(EventKind::tls_failed, "Connection closed during SSL handshake");
    case HandshakeStatus::failed: return tls_event(EventKind::tls_failed, client_.tls()->failure());
    case HandshakeStatus::established: break;
  }
  to_server_.readable = true;  // there may be early bytes inside OpenSSL
  static_cast<void>(read_input());
  return tls_event(EventKind::tls_established);
}

route::Event Stream::tls_event(EventKind kind, std::string_view text) const {
  route::Event made = event(kind, text);
  made.tls = client_.tls();
  return made;
}

Stream::MaybeEvent Stream::read_input() {
  bool news = false;
  while (to_server_.readable && !to_server_.ended) {
    Buffer& buffer = input_buffer();
    std::size_t const limit = thread_.input_limit();
    if (buffer.size() >= limit) break;
    IoResult const got = client_.read(buffer.space(), limit - buffer.size());
    buffer.added(got.bytes);
    session_.count_to_server(got.bytes);
    if (got.status == IoStatus::failed) {
      client_failed_ = true;
      return event(EventKind::client_reset);
    }
    to_server_.note_read(got, client_);
    news = news || got.bytes != 0 || to_server_.ended;
  }
  if (to_server_.buffer && to_server_.buffer->empty()) release(to_server_, thread_.relay);
  if (!news) return std::nullopt;
  return event(EventKind::input);
}

}  // namespace shunt::runtime
