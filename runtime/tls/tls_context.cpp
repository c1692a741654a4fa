// Setting up the SSL_CTX with HAProxy's defaults and answering the questions that OpenSSL asks during a
// handshake.
#include "runtime/tls/tls_context.hpp"

#include <fmt/core.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <tuple>
#include <vector>

#include "runtime/tls/client_certificates.hpp"
#include "runtime/tls/client_hello.hpp"
#include "runtime/tls/context_owner.hpp"
#include "runtime/tls/context_parts.hpp"
#include "runtime/tls/generated_certificates.hpp"
#include "runtime/tls/shown_beside.hpp"
#include "runtime/tls/ticket_keys.hpp"
#include "runtime/tls/tls_facts.hpp"

namespace shunt::runtime {

namespace pki = graph::pki;

// The settings of the line, or those of a certificate that has its own in a crt-list.
struct Variant {
  std::size_t number = 0;
  ContextPtr context;
  graph::ClientVerification client;
  std::string alpn;
  std::size_t capture_size = 0;
  std::uint32_t early_data = 0;
  std::shared_ptr<const pki::Certificate> attached;  // that every connection begins with
  int min_version = 0, max_version = 0;
  ContextOwner owner = {};
};

using Variants = std::vector<std::unique_ptr<Variant>>;

struct TlsContext::Data {
  std::shared_ptr<const pki::CertificateStore> store;
  graph::TlsBind bind;  // positions of its certificates are those of the index
  pki::CertificateIndex index;
  std::shared_ptr<const Variants> variants;
  std::unique_ptr<GeneratedCertificates> generated;  // null: none are

  [[nodiscard]] bool show_made(SSL* ssl, const ClientHello& hello) const;
  [[nodiscard]] int choose_certificate(SSL* ssl, int* alert) const;
  [[nodiscard]] bool attach(SSL* ssl, std::uint32_t position) const;
  // The first certificate that has these settings; null: none has.
  [[nodiscard]] std::shared_ptr<const pki::Certificate> first_of(std::uint32_t variant) const;
  [[nodiscard]] Result<std::shared_ptr<const Variants>, TlsContextError> make_variants() const;
};

namespace {

void set_options(SSL_CTX* context, const graph::TlsBind& bind) {
  std::uint64_t options = SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF |
                          SSL_OP_SINGLE_DH_USE | SSL_OP_SINGLE_ECDH_USE;
  // A client that puts ChaCha20 first is one without AES in its processor.
  if (!bind.prefer_client_ciphers) options |= SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA;
  if (bind.no_tickets) options |= SSL_OP_NO_TICKET;
  SSL_CTX_set_options(context, options);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_min_proto_version(context, version_of(bind.min_version, TLS1_2_VERSION));
  SSL_CTX_set_max_proto_version(context, version_of(bind.max_version, 0));
}

// As in HAProxy any process with the same keys takes it, and a ticket more than once. Where none is wanted,
// OpenSSL's own limit stays: it is that of what is skipped.
void take_early_data(SSL_CTX* context, std::uint32_t most) {
  if (most == 0) return;
  SSL_CTX_set_options(context, SSL_OP_NO_ANTI_REPLAY);
  SSL_CTX_set_max_early_data(context, most);
  SSL_CTX_set_recv_max_early_data(context, most);
}

// A session must not be carried from a name whose clients aren't verified to one whose are.
void set_session_reuse(SSL_CTX* context, const graph::TlsBind& bind, const SessionName& name) {
  SSL_CTX_set_session_cache_mode(context, bind.cache_size == 0 ? SSL_SESS_CACHE_OFF : SSL_SESS_CACHE_SERVER);
  SSL_CTX_sess_set_cache_size(context, bind.cache_size);
  SSL_CTX_set_timeout(context, std::chrono::duration_cast<std::chrono::seconds>(bind.lifetime).count());
  SSL_CTX_set_session_id_context(context, name.data(), static_cast<unsigned>(name.size()));
}

bool set_ciphers(SSL_CTX* context, const graph::TlsBind& bind) {
  return (bind.ciphers.empty() || SSL_CTX_set_cipher_list(context, bind.ciphers.c_str()) == 1) &&
         (bind.ciphersuites.empty() || SSL_CTX_set_ciphersuites(context, bind.ciphersuites.c_str()) == 1) &&
         (bind.curves.empty() || SSL_CTX_set1_groups_list(context, bind.curves.c_str()) == 1) &&
         (bind.sigalgs.empty() || SSL_CTX_set1_sigalgs_list(context, bind.sigalgs.c_str()) == 1);
}

// OpenSSL knows no smaller records.
void set_record_size(SSL_CTX* context, std::uint32_t most) {
  constexpr std::uint32_t smallest = 512, largest = SSL3_RT_MAX_PLAIN_LENGTH;
  if (most != 0) SSL_CTX_set_max_send_fragment(context, std::clamp(most, smallest, largest));
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

// OpenSSL leaves a connection the versions and checks of the context that it began with (and the groups: in
// HAProxy, too, those of a crt-list have no effect [seen]).
static void go_over(SSL* ssl, const Variant& to) {
  SSL_set_SSL_CTX(ssl, to.context.get());
  SSL_set_min_proto_version(ssl, to.min_version);
  SSL_set_max_proto_version(ssl, to.max_version);
  SSL_set_max_early_data(ssl, to.early_data);
  if (to.early_data != 0) {
    SSL_set_recv_max_early_data(ssl, to.early_data);
    SSL_set_options(ssl, SSL_OP_NO_ANTI_REPLAY);
  }
  verify_again(ssl, to.client);
}

// OpenSSL takes no others for names of hosts.
static std::string_view shown_name(std::string_view name) {
  return name.size() > TLSEXT_MAXLEN_host_name || name.find('\0') != std::string_view::npos
             ? std::string_view()
             : name;
}

bool TlsContext::Data::attach(SSL* ssl, std::uint32_t position) const {
  graph::TlsCertificate const& chosen = bind.certificates[position];
  pki::Certificate const& certificate = (*store)[chosen.id];
  Variant const& variant = *(*variants)[chosen.variant];
  if (chosen.variant != 0) go_over(ssl, variant);
  if (EVP_PKEY* const parameters = store->parameters(chosen.id)) {
    EVP_PKEY_up_ref(parameters);
    if (SSL_set0_tmp_dh_pkey(ssl, parameters) != 1) EVP_PKEY_free(parameters);
  }
  facts_of(ssl).shown = &certificate;
  if (&certificate == variant.attached.get()) return true;
  SSL_certs_clear(ssl);  // else OpenSSL could prefer the one that is already there
  return SSL_use_cert_and_key(ssl, certificate.leaf.get(), certificate.key.get(), chain_of(certificate).get(),
                              1) == 1;
}

// With the key of the certificate that a client without a known name gets.
bool TlsContext::Data::show_made(SSL* ssl, const ClientHello& hello) const {
  if (!generated || hello.server_name.empty()) return false;
  graph::TlsCertificate const& usual = bind.certificates[index.default_certificate(hello.choice.unnamed)];
  auto made = generated->get(hello.server_name, (*store)[usual.id]);
  if (!made) return false;
  SSL_certs_clear(ssl);
  if (SSL_use_cert_and_key(ssl, made->leaf.get(), made->key.get(), chain_of(*made).get(), 1) != 1)
    return false;
  TlsFacts& facts = facts_of(ssl);
  facts.shown = made.get();
  facts.made = std::move(made);
  return true;
}

int TlsContext::Data::choose_certificate(SSL* ssl, int* alert) const {
  ClientHello const hello = read_client_hello(ssl);
  *alert = SSL_AD_UNRECOGNIZED_NAME;
  if (!hello.well_formed) return SSL_CLIENT_HELLO_ERROR;
  auto found = hello.server_name.empty() ? std::nullopt : index.find(hello.server_name, hello.choice.named);
  if (!found && show_made(ssl, hello)) return SSL_CLIENT_HELLO_SUCCESS;
  if (!found && bind.strict_sni) {
    facts_of(ssl).refused_name = std::make_unique<const std::string>(shown_name(hello.server_name));
    return SSL_CLIENT_HELLO_ERROR;
  }
  if (attach(ssl, found ? *found : index.default_certificate(hello.choice.unnamed)))
    return SSL_CLIENT_HELLO_SUCCESS;
  *alert = SSL_AD_INTERNAL_ERROR;
  return SSL_CLIENT_HELLO_ERROR;
}

std::shared_ptr<const pki::Certificate> TlsContext::Data::first_of(std::uint32_t variant) const {
  for (graph::TlsCertificate const& certificate : bind.certificates)
    if (certificate.variant == variant || variant == 0) return store->pointer(certificate.id);
  return nullptr;
}

TlsContext::TlsContext(std::unique_ptr<Data> data) : data_(std::move(data)) {}
TlsContext::~TlsContext() = default;

SSL_CTX* TlsContext::get() const { return data_->variants->front()->context.get(); }

const std::vector<std::string>& TlsContext::ticket_keys() const { return data_->bind.ticket_keys; }

int TlsContext::choose(SSL* ssl, int* alert, void*) {
  return facts_of(ssl).accepted->data_->choose_certificate(ssl, alert);
}

bool TlsContext::takes_early_data() const {
  return std::ranges::any_of(*data_->variants, [](auto const& each) { return each->early_data != 0; });
}

namespace {

std::vector<pki::CertificateIndex::Entry> entries_of(const std::vector<graph::TlsCertificate>& certificates) {
  std::vector<pki::CertificateIndex::Entry> entries;
  for (graph::TlsCertificate const& each : certificates)
    entries.push_back({.certificate = each.id,
                       .names = each.names ? &*each.names : nullptr,
                       .excluded = each.excluded.empty() ? nullptr : &each.excluded});
  return entries;
}

std::unique_ptr<Variant> empty_variant(const graph::TlsBind& settings) {
  auto made = std::make_unique<Variant>();
  made->context.reset(SSL_CTX_new(TLS_server_method()));
  made->client = settings.client;
  made->alpn = settings.alpn;
  made->capture_size = settings.capture_size;
  made->early_data = settings.early_data;
  made->min_version = version_of(settings.min_version, TLS1_2_VERSION);
  made->max_version = version_of(settings.max_version, 0);
  return made;
}

void add_callbacks(SSL_CTX* context, const graph::TlsBind& settings, Variant& variant) {
  SSL_CTX_set_tlsext_servername_callback(context, acknowledge_name);
  send_stapled(context);
  if (settings.capture_size != 0) {
    SSL_CTX_set_msg_callback(context, keep_hello);
    SSL_CTX_set_msg_callback_arg(context, &variant.capture_size);
  }
  if (settings.keylog) SSL_CTX_set_keylog_callback(context, keep_secret);
  if (!settings.alpn.empty()) SSL_CTX_set_alpn_select_cb(context, select_alpn, &variant.alpn);
}

// Nothing: it is ready.
std::optional<TlsContextError> fill(Variant& variant, const graph::TlsBind& settings, bool own_ticket_keys,
                                    const pki::CertificateStore& certificates) {
  pki::Certificate const& first = *variant.attached;
  SSL_CTX* const context = variant.context.get();
  if (!context) return library_error("cannot make a TLS context");
  variant.owner = {.client = &variant.client};
  SSL_CTX_set_app_data(context, &variant.owner);
  set_options(context, settings);
  set_session_reuse(context, settings, session_name(variant.client, certificates, variant.number));
  set_record_size(context, settings.max_record);
  take_early_data(context, settings.early_data);
  if (own_ticket_keys) use_ticket_keys(context);
  if (!set_ciphers(context, settings)) return library_error("unable to set the ciphers or curves");
  if (SSL_CTX_use_cert_and_key(context, first.leaf.get(), first.key.get(), chain_of(first).get(), 1) != 1)
    return library_error("unable to load the certificate '" + first.path + "'");
  if (!verify_clients(context, variant.client, certificates))
    return library_error("unable to set how clients are verified");
  if (!send_timestamps(context)) return library_error("unable to send certificate timestamps");
  add_callbacks(context, settings, variant);
  return std::nullopt;
}

bool same_client(const graph::ClientVerification& a, const graph::ClientVerification& b) {
  const auto all = [](const graph::ClientVerification& of) {
    return std::tie(of.mode, of.authorities, of.more_authorities, of.revocations, of.ignored_in_issuers,
                    of.ignored_in_certificate, of.signature_algorithms, of.announce);
  };
  return all(a) == all(b);
}

// All but certificates and ticket keys; `strict_sni` is asked for at each handshake.
bool same_settings(const graph::TlsBind& a, const graph::TlsBind& b) {
  const auto all = [](const graph::TlsBind& of) {
    return std::tie(of.sigalgs, of.cache_size, of.max_record, of.lifetime, of.ciphers, of.ciphersuites,
                    of.curves, of.alpn, of.min_version, of.max_version, of.no_tickets,
                    of.prefer_client_ciphers, of.capture_size, of.keylog, of.early_data);
  };
  return all(a) == all(b) && same_client(a.client, b.client) &&
         a.ticket_keys.empty() == b.ticket_keys.empty() &&
         std::ranges::equal(a.variants, b.variants, same_settings);
}

bool same_choice(const graph::TlsBind& a, const graph::TlsBind& b) {
  const auto all = [](const graph::TlsCertificate& of) {
    return std::tie(of.id, of.variant, of.names, of.excluded);
  };
  return a.defaults == b.defaults && a.strict_sni == b.strict_sni && a.ticket_keys == b.ticket_keys &&
         a.signer == b.signer && std::ranges::equal(a.certificates, b.certificates, {}, all, all);
}

bool same_authorities(const graph::TlsBind& bind, const pki::CertificateStore& a,
                      const pki::CertificateStore& b) {
  const auto same = [&](const graph::TlsBind& settings) {
    const graph::ClientVerification& client = settings.client;
    return std::ranges::all_of(
        std::array{client.authorities, client.more_authorities, client.revocations},
        [&](std::uint32_t id) { return id == graph::none || &a.authorities(id) == &b.authorities(id); });
  };
  return same(bind) && std::ranges::all_of(bind.variants, same);
}

bool same_certificates(const graph::TlsBind& bind, const pki::CertificateStore& a,
                       const pki::CertificateStore& b) {
  return std::ranges::all_of(bind.certificates, [&](const graph::TlsCertificate& each) {
    return a.pointer(each.id) == b.pointer(each.id) && a.parameters(each.id) == b.parameters(each.id);
  });
}

}  // namespace

Result<std::shared_ptr<const Variants>, TlsContextError> TlsContext::Data::make_variants() const {
  auto made = std::make_shared<Variants>();
  for (std::uint32_t i = 0; i <= bind.variants.size(); ++i) {
    graph::TlsBind const& settings = i == 0 ? bind : bind.variants[i - 1];
    Variant& variant = *made->emplace_back(empty_variant(settings));
    variant.number = i;
    variant.attached = first_of(i);
    if (!variant.attached) continue;
    if (auto fault = fill(variant, settings, !bind.ticket_keys.empty(), *store)) return std::move(*fault);
  }
  SSL_CTX_set_client_hello_cb(made->front()->context.get(), choose, nullptr);
  return std::shared_ptr<const Variants>(std::move(made));
}

Result<std::shared_ptr<const TlsContext>, TlsContextError> TlsContext::make(
    const graph::TlsBind& bind, const std::shared_ptr<const pki::CertificateStore>& certificates,
    const std::shared_ptr<const TlsContext>& before) {
  if (bind.certificates.empty()) return TlsContextError{"no SSL certificate specified for the bind line"};
  bool shares = false;
  if (before) {
    const Data& old = *before->data_;
    shares = same_settings(old.bind, bind) && same_authorities(bind, *old.store, *certificates);
    if (shares && same_choice(old.bind, bind) && same_certificates(bind, *old.store, *certificates))
      return before;
  }
  auto data = std::make_unique<Data>(
      Data{.store = certificates,
           .bind = bind,
           .index = pki::CertificateIndex(*certificates, {}, std::vector<std::uint32_t>{}),
           .variants = shares ? before->data_->variants : nullptr,
           .generated = nullptr});
  if (bind.signer) data->generated = std::make_unique<GeneratedCertificates>(bind.signer, bind.generated);
  data->index = pki::CertificateIndex(*certificates, entries_of(data->bind.certificates),
                                      bind.defaults.empty() ? std::vector<std::uint32_t>{0} : bind.defaults);
  if (!shares) {
    BOOST_OUTCOME_TRY(data->variants, data->make_variants());
  }
  return std::shared_ptr<const TlsContext>(new TlsContext(std::move(data)));
}

}  // namespace shunt::runtime
