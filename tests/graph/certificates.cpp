// Makes certificates with OpenSSL.
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
  for (const auto& name : names)
    value += (value.empty() ? "" : ",") + (name.starts_with("IP:") ? name : "DNS:" + name);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// Issuers here have no identifier to compare with, so any will do.
void identify_issuer(X509* certificate) {
  AUTHORITY_KEYID* const identifier = AUTHORITY_KEYID_new();
  identifier->keyid = ASN1_OCTET_STRING_new();
  ASN1_OCTET_STRING_set(identifier->keyid, reinterpret_cast<const unsigned char*>("key"), 3);
  X509_add1_ext_i2d(certificate, NID_authority_key_identifier, identifier, 0, X509V3_ADD_DEFAULT);
  AUTHORITY_KEYID_free(identifier);
}

struct Issuer {
  pki::X509Ptr name;
  pki::KeyPtr key;
};

Issuer read_issuer(const MadeCertificate& made) {
  BIO* const certificate =
      BIO_new_mem_buf(made.certificate.data(), static_cast<int>(made.certificate.size()));
  BIO* const key = BIO_new_mem_buf(made.key.data(), static_cast<int>(made.key.size()));
  Issuer issuer{pki::X509Ptr(PEM_read_bio_X509(certificate, nullptr, nullptr, nullptr)),
                pki::KeyPtr(PEM_read_bio_PrivateKey(key, nullptr, nullptr, nullptr))};
  BIO_free(certificate);
  BIO_free(key);
  return issuer;
}

}  // namespace

MadeCertificate make_certificate(const CertificateRecipe& recipe) {
  const pki::KeyPtr key(recipe.elliptic ? EVP_EC_gen("P-256") : EVP_RSA_gen(recipe.rsa_bits));
  const pki::X509Ptr certificate(X509_new());
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), recipe.serial);
  constexpr long day = 86400;
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()),
                  recipe.begins + (recipe.days < 0 ? (recipe.days - 1) * day : 0));
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), recipe.ends + recipe.days * day);
  X509_set_version(certificate.get(), 2);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(recipe.common_name.c_str()), -1, -1, 0);
  const Issuer issuer = recipe.issuer != nullptr ? read_issuer(*recipe.issuer) : Issuer{};
  X509_set_issuer_name(certificate.get(), issuer.name ? X509_get_subject_name(issuer.name.get()) : subject);
  add_alternatives(certificate.get(), recipe.alternative_names);
  if (recipe.identifies_issuer) identify_issuer(certificate.get());
  X509_sign(certificate.get(), issuer.key ? issuer.key.get() : key.get(), EVP_sha256());

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
