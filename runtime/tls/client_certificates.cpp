// Authorities, revocations, and the judgement of each certificate in a client's chain.
#include "runtime/tls/client_certificates.hpp"

#include <fmt/core.h>
#include <openssl/err.h>

#include <array>

#include "runtime/tls/context_owner.hpp"
#include "runtime/tls/context_parts.hpp"
#include "runtime/tls/tls_facts.hpp"

namespace shunt::runtime {
namespace {

namespace pki = graph::pki;

int mode_of(graph::VerifyClient mode) {
  switch (mode) {
    case graph::VerifyClient::none: return SSL_VERIFY_NONE;
    case graph::VerifyClient::optional: return SSL_VERIFY_PEER;
    case graph::VerifyClient::required: return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
  return SSL_VERIFY_NONE;
}

const graph::ClientVerification& rules_of(SSL* ssl) { return *owner_of(ssl).client; }

bool ignored(const graph::ErrorSet& errors, int error) {
  auto const number = static_cast<std::size_t>(error);
  return number < errors.size() && errors.test(number);
}

// The first fault of the certificate and the first above it are kept, whether they are ignored or not.
bool judge(TlsFacts& facts, const graph::ClientVerification& rules, int error, int depth) {
  bool const issuer = depth > 0;
  if (issuer && facts.faults.issuer == 0) {
    facts.faults.issuer = error;
    facts.faults.issuer_depth = depth;
  } else if (!issuer && facts.faults.certificate == 0) {
    facts.faults.certificate = error;
  }
  if (ignored(issuer ? rules.ignored_in_issuers : rules.ignored_in_certificate, error)) return true;
  facts.refused = issuer ? TlsFacts::Refused::issuer : TlsFacts::Refused::certificate;
  return false;
}

int verified(int good, X509_STORE_CTX* chain) {
  auto* const ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  TlsFacts& facts = facts_of(ssl);
  facts.peer_showed_certificate = true;
  if (good == 1) return 1;
  int const error = X509_STORE_CTX_get_error(chain);
  if (!judge(facts, rules_of(ssl), error, X509_STORE_CTX_get_error_depth(chain))) {
    X509* const shown = X509_STORE_CTX_get0_cert(chain);
    if (shown && X509_up_ref(shown) == 1) facts.refused_certificate.reset(shown);
    return 0;
  }
  ERR_clear_error();
  return 1;
}

void append_fingerprints(std::string& to, const pki::Authorities& authorities) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> print = {};
  unsigned size = 0;
  const auto add = [&](int done) {
    if (done == 1) to.append(reinterpret_cast<const char*>(print.data()), size);
  };
  for (auto const& certificate : authorities.certificates)
    add(X509_digest(certificate.get(), EVP_sha256(), print.data(), &size));
  for (auto const& list : authorities.revocations)
    add(X509_CRL_digest(list.get(), EVP_sha256(), print.data(), &size));
}

void announce(SSL_CTX* context, const pki::Authorities& authorities) {
  for (auto const& certificate : authorities.certificates) SSL_CTX_add_client_CA(context, certificate.get());
  ERR_clear_error();
}

}  // namespace

SessionName session_name(const graph::ClientVerification& rules, const pki::CertificateStore& certificates,
                         std::size_t variant) {
  std::string all = fmt::format("shunt:{}:{}:{}:{}:{}", variant, static_cast<int>(rules.mode),
                                rules.ignored_in_issuers.to_string(),
                                rules.ignored_in_certificate.to_string(), rules.signature_algorithms);
  for (std::uint32_t const id : {rules.authorities, rules.more_authorities, rules.revocations}) {
    all += ':';
    if (id != graph::none) append_fingerprints(all, certificates.authorities(id));
  }
  SessionName name = {};
  EVP_Digest(all.data(), all.size(), name.data(), nullptr, EVP_sha256(), nullptr);
  return name;
}

void verify_again(SSL* ssl, const graph::ClientVerification& rules) {
  SSL_set_verify(ssl, mode_of(rules.mode), verified);
}

bool verify_clients(SSL_CTX* context, const graph::ClientVerification& rules,
                    const pki::CertificateStore& certificates) {
  SSL_CTX_set_verify(context, mode_of(rules.mode), verified);
  if (rules.mode == graph::VerifyClient::none) return true;
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  for (std::uint32_t const id : {rules.authorities, rules.more_authorities, rules.revocations})
    if (id != graph::none) add_authorities(store, certificates.authorities(id));
  if (rules.authorities != graph::none && rules.announce)
    announce(context, certificates.authorities(rules.authorities));
  if (rules.revocations != graph::none)
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
  return rules.signature_algorithms.empty() ||
         SSL_CTX_set1_client_sigalgs_list(context, rules.signature_algorithms.c_str()) == 1;
}

}  // namespace shunt::runtime
