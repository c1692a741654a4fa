// Setting up the SSL_CTX with HAProxy's defaults and answering the questions that OpenSSL asks during a
// handshake.
#include "runtime/tls/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <chrono>

#include "runtime/tls/client_certificates.hpp"
#include "runtime/tls/client_hello.hpp"
#include "runtime/tls/context_parts.hpp"
#include "runtime/tls/tls_facts.hpp"

namespace shunt::runtime {

namespace pki = graph::pki;

struct TlsContext::Data {
  ContextPtr context;
  std::shared_ptr<const pki::CertificateStore> store;
  pki::CertificateIndex index;
  std::uint32_t attached;  // the certificate that every connection starts with
  std::string alpn;
  bool strict_sni;
  graph::ClientVerification client;
  std::size_t capture_size;

  [[nodiscard]] int choose_certificate(SSL* ssl, int* alert) const;
  [[nodiscard]] bool attach(SSL* ssl, std::uint32_t id) const;
};

namespace {

void set_options(SSL_CTX* context, const graph::TlsBind& bind) {
  std::uint64_t options = SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF |
                          SSL_OP_SINGLE_DH_USE | SSL_OP_SINGLE_ECDH_USE;
  if (!bind.prefer_client_ciphers) options |= SSL_OP_CIPHER_SERVER_PREFERENCE;
  if (bind.no_tickets) options |= SSL_OP_NO_TICKET;
  SSL_CTX_set_options(context, options);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_min_proto_version(context, version_of(bind.min_version, TLS1_2_VERSION));
  SSL_CTX_set_max_proto_version(context, version_of(bind.max_version, 0));
}

void set_session_reuse(SSL_CTX* context, const graph::TlsBind& bind) {
  constexpr long cached_sessions = 20000;  // HAProxy's tune.ssl.cachesize
  static constexpr std::string_view name = "shunt";
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_SERVER);
  SSL_CTX_sess_set_cache_size(context, cached_sessions);
  SSL_CTX_set_timeout(context, std::chrono::duration_cast<std::chrono::seconds>(bind.lifetime).count());
  SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(name.data()), name.size());
}

bool set_ciphers(SSL_CTX* context, const graph::TlsBind& bind) {
  return (bind.ciphers.empty() || SSL_CTX_set_cipher_list(context, bind.ciphers.c_str()) == 1) &&
         (bind.ciphersuites.empty() || SSL_CTX_set_ciphersuites(context, bind.ciphersuites.c_str()) == 1) &&
         (bind.curves.empty() || SSL_CTX_set1_groups_list(context, bind.curves.c_str()) == 1);
}

int select_alpn(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                unsigned offered_size, void* wanted) {
  auto const& ours = *static_cast<const std::string*>(wanted);
  unsigned char* chosen = nullptr;
  int const found =
      SSL_select_next_proto(&chosen, out_size, reinterpret_cast<const unsigned char*>(ours.data()),
                            static_cast<unsigned>(ours.size()), offered, offered_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

// Its presence makes OpenSSL acknowledge the server name; the choice itself was made earlier.
int acknowledge_name(SSL*, int*, void*) { return SSL_TLSEXT_ERR_OK; }

// Sees the hello as it came; OpenSSL itself keeps only the extensions that it knows.
void keep_hello(int writing, int, int kind, const void* bytes, std::size_t size, SSL* ssl, void* space) {
  constexpr std::size_t header = 4;
  const std::string_view message(static_cast<const char*>(bytes), size);
  bool const hello =
      writing == 0 && kind == SSL3_RT_HANDSHAKE && size > header && message[0] == SSL3_MT_CLIENT_HELLO;
  if (hello)
    facts_of(ssl).hello = KeptHello::make(message.substr(header), *static_cast<const std::size_t*>(space));
}

}  // namespace

bool TlsContext::Data::attach(SSL* ssl, std::uint32_t id) const {
  pki::Certificate const& certificate = (*store)[id];
  if (EVP_PKEY* const parameters = certificate.parameters.get()) {
    EVP_PKEY_up_ref(parameters);
    if (SSL_set0_tmp_dh_pkey(ssl, parameters) != 1) EVP_PKEY_free(parameters);
  }
  facts_of(ssl).certificate = &certificate.path;
  if (id == attached) return true;
  SSL_certs_clear(ssl);  // else OpenSSL could prefer the one that is already there
  return SSL_use_cert_and_key(ssl, certificate.leaf.get(), certificate.key.get(), chain_of(certificate).get(),
                              1) == 1;
}

int TlsContext::Data::choose_certificate(SSL* ssl, int* alert) const {
  ClientHello const hello = read_client_hello(ssl);
  auto found = hello.server_name.empty() ? std::nullopt : index.find(hello.server_name, hello.capabilities);
  if (!found && strict_sni) {
    *alert = SSL_AD_UNRECOGNIZED_NAME;
    return SSL_CLIENT_HELLO_ERROR;
  }
  if (attach(ssl, found.value_or(index.default_certificate(hello.capabilities))))
    return SSL_CLIENT_HELLO_SUCCESS;
  *alert = SSL_AD_INTERNAL_ERROR;
  return SSL_CLIENT_HELLO_ERROR;
}

TlsContext::TlsContext(std::unique_ptr<Data> data) : data_(std::move(data)) {}
TlsContext::~TlsContext() = default;

SSL_CTX* TlsContext::get() const { return data_->context.get(); }

Result<std::shared_ptr<const TlsContext>, TlsContextError> TlsContext::make(
    const graph::TlsBind& bind, std::shared_ptr<const pki::CertificateStore> certificates) {
  if (bind.certificates.empty()) return TlsContextError{"no SSL certificate specified for the bind line"};
  auto data = std::make_unique<Data>(
      Data{.context = ContextPtr(SSL_CTX_new(TLS_server_method())),
           .store = certificates,
           .index = pki::CertificateIndex(*certificates, bind.certificates, bind.default_variants),
           .attached = bind.certificates.front(),
           .alpn = bind.alpn,
           .strict_sni = bind.strict_sni,
           .client = bind.client,
           .capture_size = bind.capture_size});
  SSL_CTX* const context = data->context.get();
  if (!context) return library_error("cannot make a TLS context");
  set_options(context, bind);
  set_session_reuse(context, bind);
  if (!set_ciphers(context, bind)) return library_error("unable to set the ciphers or curves");
  pki::Certificate const& first = (*certificates)[data->attached];
  if (SSL_CTX_use_cert_and_key(context, first.leaf.get(), first.key.get(), chain_of(first).get(), 1) != 1)
    return library_error("unable to load the certificate '" + first.path + "'");
  SSL_CTX_set_client_hello_cb(
      context,
      [](SSL* ssl, int* alert, void* self) {
        return static_cast<const Data*>(self)->choose_certificate(ssl, alert);
      },
      data.get());
  SSL_CTX_set_tlsext_servername_callback(context, acknowledge_name);
  if (!verify_clients(context, data->client, *certificates))
    return library_error("unable to set how clients are verified");
  if (bind.capture_size != 0) {
    SSL_CTX_set_msg_callback(context, keep_hello);
    SSL_CTX_set_msg_callback_arg(context, &data->capture_size);
  }
  if (bind.keylog) SSL_CTX_set_keylog_callback(context, keep_secret);
  if (!bind.alpn.empty()) SSL_CTX_set_alpn_select_cb(context, select_alpn, &data->alpn);
  return std::shared_ptr<const TlsContext>(new TlsContext(std::move(data)));
}

}  // namespace shunt::runtime
