// Versions, chains, authorities, errors.
#include "runtime/tls/context_parts.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <array>
#include <string>

#include "runtime/tls/tls_facts.hpp"

namespace shunt::runtime {
namespace {

struct VersionName {
  std::string_view name;
  int version;
};
constexpr std::array<VersionName, 5> versions = {{{"SSLv3", SSL3_VERSION},
                                                  {"TLSv1.0", TLS1_VERSION},
                                                  {"TLSv1.1", TLS1_1_VERSION},
                                                  {"TLSv1.2", TLS1_2_VERSION},
                                                  {"TLSv1.3", TLS1_3_VERSION}}};

}  // namespace

int version_of(std::string_view name, int fallback) {
  for (VersionName const& row : versions)
    if (row.name == name) return row.version;
  return fallback;
}

ChainPtr chain_of(const graph::pki::Certificate& certificate) {
  ChainPtr chain(sk_X509_new_null());
  for (auto const& link : certificate.chain) {
    bool const withheld =
        certificate.skips_self_issued && X509_check_issued(link.get(), link.get()) == X509_V_OK;
    if (!withheld) sk_X509_push(chain.get(), link.get());
  }
  return chain;
}

TlsContextError library_error(std::string_view what) {
  std::array<char, 256> reason{};
  ERR_error_string_n(ERR_get_error(), reason.data(), reason.size());
  ERR_clear_error();
  return {std::string(what) + ": " + reason.data()};
}

void add_authorities(X509_STORE* store, const graph::pki::Authorities& authorities) {
  for (auto const& certificate : authorities.certificates) X509_STORE_add_cert(store, certificate.get());
  for (auto const& list : authorities.revocations) X509_STORE_add_crl(store, list.get());
  ERR_clear_error();
}

void keep_secret(const SSL* ssl, const char* line) { facts_of(ssl).keep_secret(line); }

}  // namespace shunt::runtime
