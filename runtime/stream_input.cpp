// What the client sends before bytes are relayed: the PROXY header, the TLS handshake, what rules want to
// see.
#include <sys/epoll.h>
#include <sys/socket.h>

#include "fetchers/wire/netscaler_header.hpp"
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
  return !listener.accept_proxy && !listener.netscaler_magic && !listener.tls;
}

// A rule may ask for a header when bytes were already read, and one header may follow another.
Stream::MaybeEvent Stream::await_header(const route::Step& step) {
  header_counted_ = to_server_.holds_bytes() && (phase_ == Phase::opening || header_counted_);
  phase_ = Phase::header;
  awaits_netscaler_ = step.kind == route::Step::Kind::read_netscaler_header;
  magic_ = step.magic;
  if (client_failed_) return event(EventKind::client_reset);
  if (to_server_.holds_bytes()) return parse_header();
  return to_server_.ended ? closed_before_header() : read_header();
}

route::Event Stream::closed_before_header() const {
  return event(EventKind::proxy_header_failed,
               awaits_netscaler_ ? "Connection closed while waiting for NetScaler Client IP header"
                                 : "Connection closed while waiting for PROXY protocol header");
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
  return got.status == IoStatus::ended ? MaybeEvent(closed_before_header()) : std::nullopt;
}

Stream::MaybeEvent Stream::parse_header() {
  if (awaits_netscaler_) return parse_netscaler_header();
  auto const header = wire::read_proxy_header(to_server_.buffer->data());
  if (!header) {
    session_.announce(wire::announced_source(to_server_.buffer->data()));
    return event(EventKind::proxy_header_failed, wire::message(header.error()));
  }
  return take_header(header.value());
}

Stream::MaybeEvent Stream::parse_netscaler_header() {
  std::string_view const bytes = to_server_.buffer->data();
  auto const header = wire::read_netscaler_header(bytes, magic_);
  if (!header) {
    session_.announce(wire::announced_by_netscaler(bytes, magic_));
    if (header.error() == wire::NetscalerError::cut) release(to_server_, thread_.relay);  // so no reset
    return event(EventKind::proxy_header_failed, wire::message(header.error()));
  }
  auto const& found = header.value();
  return take_header({.size = found.size, .source = found.source, .destination = found.destination});
}

// The session reads the header where it lies, so its bytes go only after the step.
Stream::MaybeEvent Stream::take_header(const wire::ProxyHeader& header) {
  route::Event parsed = event(EventKind::proxy_header);
  parsed.header = &header;
  parsed.input.data.remove_prefix(header.size);
  if (header_counted_)
    session_.discount_header(header.size);
  else if (!session_.listener().tls && !session_.expects_another_header())
    session_.count_to_server(parsed.input.data.size());
  route::Step const step = session_.step(parsed);
  to_server_.buffer->consume(header.size);
  return enter(step);
}

Stream::MaybeEvent Stream::start_tls() {
  if (phase_ == Phase::handshake) return std::nullopt;
  phase_ = Phase::handshake;
  TlsContext const* const context = thread_.listener_tls(session_.listener().id);
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
