// Reads validity and key size of certificates with OpenSSL.
#include "graph/pki/judgement.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "graph/pki/certificate_store.hpp"
#include "graph/pki/library.hpp"

namespace shunt::graph::pki {
namespace {

CertificateFacts facts(const Certificate& certificate) {
  CertificateFacts result{.path = certificate.path, .names = certificate.names};
  result.not_before = seconds_of(X509_get0_notBefore(certificate.leaf.get()));
  result.not_after = seconds_of(X509_get0_notAfter(certificate.leaf.get()));
  if (certificate.kind == KeyKind::rsa)
    result.rsa_bits = EVP_PKEY_get_bits(X509_get0_pubkey(certificate.leaf.get()));
  return result;
}

}  // namespace

std::vector<CertificateFacts> facts_of(const std::string& path) {
  CertificateStore store;
  const auto ids = store.load(path);
  std::vector<CertificateFacts> all;
  if (!ids) return all;
  for (const std::uint32_t id : ids.assume_value())
    if (store[id].leaf != nullptr) all.push_back(facts(store[id]));
  return all;
}

}  // namespace shunt::graph::pki
