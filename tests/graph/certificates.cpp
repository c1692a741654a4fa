// Makes self-signed certificates with OpenSSL.
#include "tests/graph/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <fstream>
#include <memory>

#include "graph/pki/certificate_store.hpp"

namespace shunt::graph::testing {
namespace {

namespace fs = std::filesystem;

std::string contents(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

void add_alternatives(X509* certificate, const std::vector<std::string>& names) {
  if (names.empty()) return;
  std::string value;
  for (const auto& name : names) value += (value.empty() ? "DNS:" : ",DNS:") + name;
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

}  // namespace

MadeCertificate make_certificate(const CertificateRecipe& recipe) {
  const pki::KeyPtr key(recipe.elliptic ? EVP_EC_gen("P-256") : EVP_RSA_gen(recipe.rsa_bits));
  const pki::X509Ptr certificate(X509_new());
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  constexpr long day = 86400;
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), recipe.days < 0 ? (recipe.days - 1) * day : 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), recipe.days * day);
  X509_set_version(certificate.get(), 2);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(recipe.common_name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), subject);
  add_alternatives(certificate.get(), recipe.alternative_names);
  X509_sign(certificate.get(), key.get(), EVP_sha256());

  BIO* first = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(first, certificate.get());
  BIO* second = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(second, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {.certificate = contents(first), .key = contents(second)};
}

void write_file(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

void write_certificate(const fs::path& path, const CertificateRecipe& recipe) {
  const MadeCertificate made = make_certificate(recipe);
  write_file(path, made.certificate + made.key);
}

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (fs::temp_directory_path() / "shunt-test-XXXXXX").string();
  path_ = mkdtemp(pattern.data());
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace shunt::graph::testing
