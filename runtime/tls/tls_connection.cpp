// OpenSSL between two buffers: ciphertext comes in by one large recv(2) and leaves by one large send(2).
#include "runtime/tls/tls_connection.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "runtime/tls/outgoing_tls.hpp"
#include "runtime/tls/tls_context.hpp"
#include "runtime/tls/tls_io.hpp"

namespace shunt::runtime {

namespace {

constexpr std::size_t record_size = 16384;
constexpr std::size_t record_overhead = 256;  // header, explicit nonce, tag, padding; generous

}  // namespace

bool TlsConnection::Io::fill() {
  if (drained || eof || error != 0) return false;
  if (!in) in = tools->buffers.take();
  ssize_t const got = wire.receive(in->space(), in->room());
  if (got > 0) {
    drained = static_cast<std::size_t>(got) < in->room() && !hangup;
    in->added(static_cast<std::size_t>(got));
    return true;
  }
  if (got == 0) {
    eof = true;
  } else if (errno == EAGAIN) {
    drained = true;
  } else if (errno != EINTR) {
    error = errno;
  }
  return false;
}

int TlsConnection::Io::read(BIO* bio, char* to, int size) {
  BIO_clear_retry_flags(bio);
  if ((!in || in->empty()) && !fill()) {
    if (eof) return 0;
    if (error == 0) BIO_set_retry_read(bio);
    return -1;
  }
  std::size_t const count = std::min(in->size(), static_cast<std::size_t>(size));
  std::memcpy(to, in->data().data(), count);
  in->consume(count);
  return static_cast<int>(count);
}

int TlsConnection::Io::write(BIO* bio, const char* from, int size) {
  BIO_clear_retry_flags(bio);
  if (!out) out = tools->buffers.take();
  if (out->room() < static_cast<std::size_t>(size)) static_cast<void>(flush());
  if (!out) out = tools->buffers.take();
  out->make_contiguous();
  std::size_t const count = out->append({from, static_cast<std::size_t>(size)});
  if (count == 0) {
    BIO_set_retry_write(bio);
    return -1;
  }
  return static_cast<int>(count);
}

IoResult TlsConnection::Io::flush() {
  if (error != 0) return {.status = IoStatus::failed, .error = error};
  while (out && !out->empty()) {
    ssize_t const sent = wire.send(out->data());
    if (sent >= 0) {
      spoke = true;
      out->consume(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      return {.status = IoStatus::drained};
    } else if (errno != EINTR) {
      error = errno;
      return {.status = IoStatus::failed, .error = error};
    }
  }
  tools->buffers.give_back(out);
  out = nullptr;
  return {};
}

void TlsConnection::Io::note_error() {
  if (facts.error == 0) facts.error = ERR_peek_last_error();
}

// OpenSSL ends a handshake in which there is more than was allowed.
bool TlsConnection::Io::take_early_data() {
  if (early && !early_data) early_data = std::make_unique<std::string>();
  while (early) {
    std::size_t const had = early_data->size();
    std::size_t got = 0;
    early_data->resize(had + record_size);
    int const done = SSL_read_early_data(ssl, early_data->data() + had, record_size, &got);
    early_data->resize(had + got);
    if (done == SSL_READ_EARLY_DATA_ERROR) return false;
    early = done != SSL_READ_EARLY_DATA_FINISH;
  }
  if (early_data && early_data->empty()) early_data.reset();
  if (early_data) early_data->shrink_to_fit();
  return true;
}

std::size_t TlsConnection::Io::give_early_data(char* to, std::size_t size) {
  if (!early_data) return 0;
  std::size_t const count = early_data->copy(to, size);
  early_data->erase(0, count);
  if (early_data->empty()) early_data.reset();
  return count;
}

void TlsConnection::Io::rest() {
  if (!in || !in->empty()) return;
  tools->buffers.give_back(in);
  in = nullptr;
}

namespace {

template <class Connection>
Connection* owner(BIO* bio) {
  return static_cast<Connection*>(static_cast<TlsFactsHolder*>(BIO_get_data(bio)));
}

long bio_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

template <class State>
const BIO_METHOD* bio_method() {
  // Made once and then only read.
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "shunt");
    BIO_meth_set_read(made,
                      [](BIO* bio, char* to, int size) { return owner<State>(bio)->read(bio, to, size); });
    BIO_meth_set_write(
        made, [](BIO* bio, const char* from, int size) { return owner<State>(bio)->write(bio, from, size); });
    BIO_meth_set_ctrl(made, bio_control);
    return made;
  }();
  return method;
}

}  // namespace

TlsTools::TlsTools() : buffers(cipher_buffer_size + 4 * record_overhead) {}

std::unique_ptr<TlsConnection> TlsConnection::make(SSL_CTX* context, const Wire& wire, TlsTools& tools) {
  std::unique_ptr<TlsConnection> made(new TlsConnection);
  made->io_ = std::make_unique<Io>();
  made->io_->tools = &tools;
  made->io_->wire = wire;
  made->io_->ssl = SSL_new(context);
  BIO* const bio = BIO_new(bio_method<Io>());
  if (!made->io_->ssl || !bio) {
    BIO_free(bio);
    return nullptr;
  }
  BIO_set_data(bio, static_cast<TlsFactsHolder*>(made->io_.get()));
  BIO_set_init(bio, 1);
  SSL_set_bio(made->io_->ssl, bio, bio);
  return made;
}

TlsConnection* TlsConnection::accept(const TlsContext& context, const Wire& wire, TlsTools& tools) {
  auto made = make(context.get(), wire, tools);
  if (!made) return nullptr;
  made->io_->facts.accepted = context.shared_from_this();
  made->io_->facts.stapled = &tools.stapled;
  SSL_set_accept_state(made->io_->ssl);
  made->io_->early = context.takes_early_data();
  return made.release();
}

TlsConnection* TlsConnection::connect(const OutgoingTls& context, const TlsGreeting& greeting,
                                      const Wire& wire, TlsTools& tools) {
  auto made = make(context.get(), wire, tools);
  return made && made->greet(context, greeting) ? made.release() : nullptr;
}

// A session that was made with another name must not stand for this server.
bool TlsConnection::greet(const OutgoingTls& context, const TlsGreeting& greeting) {
  SSL* const ssl = io_->ssl;
  SSL_set_connect_state(ssl);
  io_->facts.towards = std::make_unique<TlsFacts::Outgoing>();
  TlsFacts::Outgoing& facts = *io_->facts.towards;
  facts.context = context.shared_from_this();
  facts.name_was_sent = !greeting.server_name.empty();
  facts.expected_name = facts.name_was_sent ? greeting.server_name : context.settings().verify_host;
  std::string const name(greeting.server_name);
  if (facts.name_was_sent && SSL_set_tlsext_host_name(ssl, name.c_str()) != 1) return false;
  const auto* const protocols = reinterpret_cast<const unsigned char*>(greeting.protocols.data());
  if (!greeting.protocols.empty())
    SSL_set_alpn_protos(ssl, protocols, static_cast<unsigned>(greeting.protocols.size()));
  facts.kept = context.kept_by(io_->tools->thread);
  if (facts.kept && facts.kept->session && facts.kept->server_name == name)
    SSL_set_session(ssl, facts.kept->session.get());
  if (greeting.before.empty()) return true;
  io_->out = io_->tools->buffers.take();
  return io_->out->append(greeting.before) == greeting.before.size();
}

TlsConnection::~TlsConnection() {
  if (!io_) return;
  // Else OpenSSL would spoil the session that is kept for the next connection.
  if (io_->kept_session() && !io_->broken)
    SSL_set_shutdown(io_->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(io_->ssl);
  io_->tools->buffers.give_back(io_->in);
  io_->tools->buffers.give_back(io_->out);
}

void TlsConnection::prime(std::string_view bytes) {
  if (bytes.empty()) return;
  io_->in = io_->tools->buffers.take();
  io_->in->append(bytes);
}

void TlsConnection::on_readable(bool hangup) {
  io_->drained = false;
  io_->hangup = io_->hangup || hangup;
}

HandshakeStatus TlsConnection::handshake() {
  ERR_clear_error();
  // What was sent early waits for the end of the handshake, as in HAProxy: then it can't be a replay [seen].
  int const done = io_->take_early_data() ? SSL_do_handshake(io_->ssl) : 0;
  int const reason = done == 1 ? SSL_ERROR_NONE : SSL_get_error(io_->ssl, done);
  IoResult const flushed = io_->flush();
  io_->rest();
  if (reason == SSL_ERROR_NONE) return HandshakeStatus::established;
  if (reason == SSL_ERROR_SSL) io_->note_error();
  ERR_clear_error();
  bool const waiting = reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE;
  if (waiting && flushed.status != IoStatus::failed) return HandshakeStatus::waiting;
  io_->broken = true;
  if (KeptSession* const kept = io_->kept_session()) kept->session.reset();  // it may be the reason
  bool const refused = io_->facts.refused != TlsFacts::Refused::no;
  // A client that leaves once its first message is here has failed for HAProxy, too [seen].
  bool const begun = SSL_is_server(io_->ssl) == 1 && SSL_get_state(io_->ssl) != TLS_ST_BEFORE;
  return io_->eof && !refused && !begun ? HandshakeStatus::closed : HandshakeStatus::failed;
}

std::string_view TlsConnection::failure() const {
  switch (io_->facts.refused) {
    case TlsFacts::Refused::certificate: return "SSL client certificate not trusted";
    case TlsFacts::Refused::issuer: return "SSL client CA chain cannot be verified";
    case TlsFacts::Refused::configured_name:
      return "Server presented an SSL certificate different from the configured one";
    case TlsFacts::Refused::expected_name:
      return "Server presented an SSL certificate different from the expected one";
    case TlsFacts::Refused::no: break;
  }
  return "SSL handshake failure";
}

bool TlsConnection::spoke() const { return io_->spoke; }

int TlsConnection::socket_error() const { return io_->error; }

IoResult TlsConnection::read(char* to, std::size_t size) {
  IoResult result{.bytes = io_->give_early_data(to, size)};
  ERR_clear_error();
  while (result.bytes < size && result.status == IoStatus::ok) {
    std::size_t got = 0;
    int const done = SSL_read_ex(io_->ssl, to + result.bytes, size - result.bytes, &got);
    result.bytes += got;
    if (done != 1) result.status = after_failed_read(done);
  }
  io_->rest();
  if (io_->out && !io_->out->empty()) static_cast<void>(io_->flush());
  // What was read before the failure is not lost with it: the next call fails again.
  if (result.status == IoStatus::failed && result.bytes != 0) return {.bytes = result.bytes};
  if (result.status == IoStatus::failed) result.error = io_->error != 0 ? io_->error : EPROTO;
  return result;
}

IoStatus TlsConnection::after_failed_read(int done) {
  int const reason = SSL_get_error(io_->ssl, done);
  if (reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE) return IoStatus::drained;
  if (reason == SSL_ERROR_SSL) io_->note_error();
  ERR_clear_error();
  // An end without close_notify is an end: many clients do so, and what a truncation means is the server's to
  // judge.
  if (reason == SSL_ERROR_ZERO_RETURN || io_->eof) return IoStatus::ended;
  io_->broken = true;
  return IoStatus::failed;
}

IoResult TlsConnection::write(std::string_view bytes) {
  IoResult result;
  while (!bytes.empty()) {
    if (io_->out && io_->out->room() < record_size + record_overhead) {
      IoResult const flushed = io_->flush();
      if (flushed.status != IoStatus::ok) return {result.bytes, flushed.status, flushed.error};
    }
    std::size_t written = 0;
    ERR_clear_error();
    if (SSL_write_ex(io_->ssl, bytes.data(), std::min(bytes.size(), record_size), &written) != 1) {
      io_->note_error();
      ERR_clear_error();
      io_->broken = true;
      return {result.bytes, IoStatus::failed, io_->error != 0 ? io_->error : EPROTO};
    }
    result.bytes += written;
    bytes.remove_prefix(written);
  }
  IoResult const flushed = io_->flush();
  return {result.bytes, flushed.status, flushed.error};
}

bool TlsConnection::has_unsent() const { return io_->out && !io_->out->empty(); }

IoResult TlsConnection::flush() { return io_->flush(); }

IoResult TlsConnection::close_notify() {
  if (!io_->notified && !io_->broken && SSL_is_init_finished(io_->ssl)) {
    io_->notified = true;
    ERR_clear_error();
    SSL_shutdown(io_->ssl);
    ERR_clear_error();
  }
  return io_->flush();
}

void destroy(TlsConnection* connection) { delete connection; }

}  // namespace shunt::runtime
