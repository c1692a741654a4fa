// What fetches ask a TLS connection, answered by OpenSSL.
#include <openssl/ssl.h>

#include <array>

#include "fetchers/sample.hpp"
#include "graph/pki/certificate_store.hpp"
#include "runtime/tls/tls_connection.hpp"
#include "runtime/tls/tls_facts.hpp"
#include "runtime/tls/tls_io.hpp"

namespace shunt::runtime {
namespace {

using fetchers::Scratch;
using Text = fetchers::TlsView::Text;

std::string_view chars(const unsigned char* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

Text text_or_none(std::string_view text) { return text.empty() ? Text() : Text(text); }

// `fill(to, size)` writes bytes and says how many.
template <class Fill>
Text copied(Scratch& scratch, Fill fill) {
  std::array<unsigned char, 128> bytes;
  std::size_t const size = fill(bytes.data(), bytes.size());
  return size == 0 ? Text() : scratch.copy(chars(bytes.data(), size));
}

std::string_view encoded(const X509* certificate, Scratch& scratch) {
  int const size = certificate ? i2d_X509(certificate, nullptr) : 0;
  if (size <= 0) return {};
  std::span<char> const room = scratch.allocate(static_cast<std::size_t>(size));
  auto* to = reinterpret_cast<unsigned char*>(room.data());
  i2d_X509(certificate, &to);
  return {room.data(), room.size()};
}

std::size_t encoded_size(const STACK_OF(X509) * chain) {
  std::size_t size = 0;
  for (int i = 0; i < sk_X509_num(chain); ++i)
    size += static_cast<std::size_t>(std::max(i2d_X509(sk_X509_value(chain, i), nullptr), 0));
  return size;
}

}  // namespace

bool TlsConnection::active() const { return true; }

bool TlsConnection::established() const { return SSL_is_init_finished(io_->ssl) == 1; }

Text TlsConnection::sni() const {
  const char* const name = SSL_get_servername(io_->ssl, TLSEXT_NAMETYPE_host_name);
  return name ? Text(name) : io_->facts.refused_name ? text_or_none(*io_->facts.refused_name) : Text();
}

Text TlsConnection::alpn() const {
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(io_->ssl, &chosen, &size);
  return text_or_none(chars(chosen, size));
}

Text TlsConnection::protocol() const { return SSL_get_version(io_->ssl); }

Text TlsConnection::cipher() const {
  const char* const name = SSL_get_cipher_name(io_->ssl);
  return name ? Text(name) : std::nullopt;
}

Text TlsConnection::curve() const {
  long const group = SSL_get_negotiated_group(io_->ssl);
  const char* const name = group > 0 ? OBJ_nid2sn(static_cast<int>(group)) : nullptr;
  return name ? Text(name) : std::nullopt;
}

Text TlsConnection::certificate_name() const {
  return io_->facts.shown ? Text(io_->facts.shown->path) : std::nullopt;
}

std::int64_t TlsConnection::algorithm_bits() const {
  int bits = 0;
  return SSL_get_cipher_bits(io_->ssl, &bits) == 0 ? 0 : bits;
}

std::int64_t TlsConnection::used_bits() const { return SSL_get_cipher_bits(io_->ssl, nullptr); }

bool TlsConnection::resumed() const { return SSL_session_reused(io_->ssl) == 1; }

Text TlsConnection::session_id() const {
  const SSL_SESSION* const session = SSL_get_session(io_->ssl);
  unsigned size = 0;
  const unsigned char* const id = session ? SSL_SESSION_get_id(session, &size) : nullptr;
  return text_or_none(chars(id, size));
}

Text TlsConnection::session_key(Scratch& scratch) const {
  const SSL_SESSION* const session = SSL_get_session(io_->ssl);
  if (!session) return std::nullopt;
  return copied(scratch, [&](unsigned char* to, std::size_t size) {
    return SSL_SESSION_get_master_key(session, to, size);
  });
}

Text TlsConnection::client_random(Scratch& scratch) const {
  return copied(scratch, [&](unsigned char* to, std::size_t size) {
    return SSL_get_client_random(io_->ssl, to, size);
  });
}

Text TlsConnection::server_random(Scratch& scratch) const {
  return copied(scratch, [&](unsigned char* to, std::size_t size) {
    return SSL_get_server_random(io_->ssl, to, size);
  });
}

// The first Finished message of the handshake: the client's, unless a session was resumed.
Text TlsConnection::unique_id(Scratch& scratch) const {
  bool const own = SSL_session_reused(io_->ssl) == 1;
  return copied(scratch, [&](unsigned char* to, std::size_t size) {
    return own ? SSL_get_finished(io_->ssl, to, size) : SSL_get_peer_finished(io_->ssl, to, size);
  });
}

Text TlsConnection::secret(fetchers::TlsSecret which) const {
  KeptSecrets const* const secrets = io_->facts.secrets.get();
  return secrets ? text_or_none((*secrets)[static_cast<std::size_t>(which)]) : std::nullopt;
}

const fetchers::CapturedHello* TlsConnection::captured_hello() const {
  return io_->facts.hello ? &io_->facts.hello->lists() : nullptr;
}

std::string_view TlsConnection::suite_name(std::uint16_t number) const {
  std::array<unsigned char, 2> const bytes = {static_cast<unsigned char>(number >> 8),
                                              static_cast<unsigned char>(number & 0xff)};
  const SSL_CIPHER* const suite = SSL_CIPHER_find(io_->ssl, bytes.data());
  return suite ? SSL_CIPHER_get_name(suite) : std::string_view();
}

bool TlsConnection::peer_showed_certificate() const { return io_->facts.peer_showed_certificate; }

std::int64_t TlsConnection::verify_result() const { return SSL_get_verify_result(io_->ssl); }

fetchers::VerifyFaults TlsConnection::verify_faults() const { return io_->facts.faults; }

std::uint64_t TlsConnection::error() const { return io_->facts.error; }

// A client's connection begins with a certificate of its context; it says something once it was chosen.
std::string_view TlsConnection::own_certificate(Scratch& scratch) const {
  bool const chosen = io_->facts.shown || !SSL_is_server(io_->ssl);
  return chosen ? encoded(SSL_get_certificate(io_->ssl), scratch) : std::string_view();
}

std::string_view TlsConnection::peer_certificate(Scratch& scratch) const {
  const X509* const accepted = SSL_get0_peer_certificate(io_->ssl);
  return encoded(accepted ? accepted : io_->facts.refused_certificate.get(), scratch);
}

std::string_view TlsConnection::peer_chain(Scratch& scratch) const {
  STACK_OF(X509)* const chain = SSL_get_peer_cert_chain(io_->ssl);
  std::span<char> const room = scratch.allocate(encoded_size(chain));
  auto* to = reinterpret_cast<unsigned char*>(room.data());
  for (int i = 0; i < sk_X509_num(chain); ++i) i2d_X509(sk_X509_value(chain, i), &to);
  return {room.data(), room.size()};
}

std::string_view TlsConnection::peer_root(Scratch& scratch) const {
  STACK_OF(X509)* const chain = SSL_get0_verified_chain(io_->ssl);
  int const count = chain ? sk_X509_num(chain) : 0;
  return count > 0 ? encoded(sk_X509_value(chain, count - 1), scratch) : std::string_view();
}

}  // namespace shunt::runtime
