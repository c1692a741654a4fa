// Setting up the SSL_CTX towards a server, and the judgement of the certificate that it shows.
#include "runtime/tls/outgoing_tls.hpp"

#include <openssl/err.h>

#include "runtime/tls/context_parts.hpp"
#include "runtime/tls/host_names.hpp"
#include "runtime/tls/tls_facts.hpp"

namespace shunt::runtime {
namespace {

namespace pki = graph::pki;

void set_options(SSL_CTX* context, const graph::TlsServer& settings) {
  std::uint64_t options = SSL_OP_ALL | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF;
  if (!settings.tickets) options |= SSL_OP_NO_TICKET;
  SSL_CTX_set_options(context, options);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_min_proto_version(context, version_of(settings.min_version, 0));
  SSL_CTX_set_max_proto_version(context, version_of(settings.max_version, 0));
}

bool set_lists(SSL_CTX* context, const graph::TlsServer& from) {
  const auto set = [](const std::string& list, auto&& function) {
    return list.empty() || function(list.c_str()) == 1;
  };
  return set(from.ciphers, [&](const char* list) { return SSL_CTX_set_cipher_list(context, list); }) &&
         set(from.ciphersuites, [&](const char* list) { return SSL_CTX_set_ciphersuites(context, list); }) &&
         set(from.curves, [&](const char* list) { return SSL_CTX_set1_groups_list(context, list); }) &&
         set(from.sigalgs, [&](const char* list) { return SSL_CTX_set1_sigalgs_list(context, list); }) &&
         set(from.client_sigalgs,
             [&](const char* list) { return SSL_CTX_set1_client_sigalgs_list(context, list); });
}

// Called for each certificate of the chain, the server's own comes last. Saying no without an error of
// OpenSSL's own makes the alert that HAProxy sends, too.
int verified(int good, X509_STORE_CTX* chain) {
  if (good != 1) return 0;
  if (X509_STORE_CTX_get_error_depth(chain) != 0) return 1;
  auto* const ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  TlsFacts& facts = facts_of(ssl);
  TlsFacts::Outgoing const& towards = *facts.towards;
  if (towards.expected_name.empty() ||
      made_out_for(X509_STORE_CTX_get_current_cert(chain), towards.expected_name))
    return 1;
  facts.refused =
      towards.name_was_sent ? TlsFacts::Refused::expected_name : TlsFacts::Refused::configured_name;
  return 0;
}

// With TLS 1.3 these come after the handshake, and the server may send several.
int keep_session(SSL* ssl, SSL_SESSION* session) {
  TlsFacts::Outgoing const& towards = *facts_of(ssl).towards;
  if (towards.kept == nullptr) return 0;
  towards.kept->session.reset(session);
  const char* const name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  towards.kept->server_name = name != nullptr ? name : "";
  return 1;
}

void verify_server(SSL_CTX* context, const graph::TlsServer& settings,
                   const pki::CertificateStore& certificates) {
  SSL_CTX_set_verify(context, settings.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE,
                     settings.verify ? verified : nullptr);
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  for (std::uint32_t const id : {settings.authorities, settings.revocations})
    if (id != graph::none) add_authorities(store, certificates.authorities(id));
  if (settings.revocations != graph::none)
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
}

bool show_certificate(SSL_CTX* context, const pki::Certificate& own) {
  return SSL_CTX_use_cert_and_key(context, own.leaf.get(), own.key.get(), chain_of(own).get(), 1) == 1;
}

}  // namespace

Result<std::shared_ptr<const OutgoingTls>, TlsContextError> OutgoingTls::make(
    const graph::TlsServer& settings, const pki::CertificateStore& certificates, std::uint32_t threads) {
  std::shared_ptr<OutgoingTls> made(new OutgoingTls(settings, threads));
  made->context_.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* const context = made->get();
  if (!context) return library_error("cannot make a TLS context");
  set_options(context, settings);
  if (!set_lists(context, settings)) return library_error("unable to set ciphers, curves or signatures");
  verify_server(context, settings, certificates);
  if (settings.certificate != graph::none && !show_certificate(context, certificates[settings.certificate]))
    return library_error("unable to load the certificate '" + certificates[settings.certificate].path + "'");
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, keep_session);
  if (settings.keylog) SSL_CTX_set_keylog_callback(context, keep_secret);
  const auto* const protocols = reinterpret_cast<const unsigned char*>(settings.alpn.data());
  if (!settings.alpn.empty())
    SSL_CTX_set_alpn_protos(context, protocols, static_cast<unsigned>(settings.alpn.size()));
  return std::shared_ptr<const OutgoingTls>(std::move(made));
}

Result<std::vector<std::shared_ptr<const OutgoingTls>>, ServerTlsError> make_outgoing_tls(
    const graph::Graph& graph, std::uint32_t threads) {
  std::vector<std::shared_ptr<const OutgoingTls>> all(graph.servers.size());
  for (const graph::Server& server : graph.servers) {
    if (!server.tls) continue;
    auto made = OutgoingTls::make(*server.tls, *graph.certificates, threads);
    if (!made) return ServerTlsError{.server = server.id, .message = made.error().message};
    all[server.id] = std::move(made).value();
  }
  return all;
}

}  // namespace shunt::runtime
