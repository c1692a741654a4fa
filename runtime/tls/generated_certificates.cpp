// Makes X.509 certificates of the shape that HAProxy's have.
#include "runtime/tls/generated_certificates.hpp"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>

namespace shunt::runtime {
namespace {

namespace pki = graph::pki;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, pki::Release<GENERAL_NAMES_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, pki::Release<X509_EXTENSION_free>>;

struct ExtensionText {
  int kind;
  const char* value;
};
// In HAProxy's order; the server's name comes last.
constexpr std::array<ExtensionText, 5> extensions = {
    {{NID_basic_constraints, "CA:FALSE"},
     {NID_netscape_comment, "\"OpenSSL Generated Certificate\""},
     {NID_subject_key_identifier, "hash"},
     {NID_authority_key_identifier, "keyid,issuer:always"},
     {NID_key_usage, "nonRepudiation,digitalSignature,keyEncipherment"}}};

// No two processes, and no two starts, may give out one number twice: 62 random bits, then counted.
std::uint64_t first_serial() {
  std::uint64_t number = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&number), sizeof number);
  return number >> 2;
}

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// The signer's own name, and the server's as a further common name (of at most 64 bytes).
bool set_names(X509* certificate, X509* signer, std::string_view name) {
  X509_NAME* const subject = X509_get_subject_name(signer);
  return X509_set_issuer_name(certificate, subject) == 1 &&
         X509_set_subject_name(certificate, subject) == 1 &&
         X509_NAME_add_entry_by_NID(X509_get_subject_name(certificate), NID_commonName, MBSTRING_ASC,
                                    raw(name), static_cast<int>(name.size()), -1, 0) == 1;
}

// A day ago (clocks differ) to a year from now.
bool set_dates(X509* certificate) {
  constexpr long day = 86400;
  return X509_gmtime_adj(X509_getm_notBefore(certificate), -day) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), 365 * day) != nullptr;
}

// Not from a text: a client chooses the name, and commas would mean something there.
bool add_alternative_name(X509* certificate, std::string_view name) {
  const NamesPtr names(GENERAL_NAMES_new());
  GENERAL_NAME* const one = GENERAL_NAME_new();
  ASN1_IA5STRING* const text = ASN1_IA5STRING_new();
  if (!names || !one || !text) return false;
  GENERAL_NAME_set0_value(one, GEN_DNS, text);
  bool const complete = ASN1_STRING_set(text, name.data(), static_cast<int>(name.size())) == 1;
  sk_GENERAL_NAME_push(names.get(), one);
  return complete && X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, 0) == 1;
}

bool add_extensions(X509* certificate, X509* signer, std::string_view name) {
  X509V3_CTX about;
  X509V3_set_ctx(&about, signer, certificate, nullptr, nullptr, 0);
  X509V3_set_ctx_nodb(&about);
  for (ExtensionText const& each : extensions) {
    const ExtensionPtr made(X509V3_EXT_conf_nid(nullptr, &about, each.kind, each.value));
    if (!made || X509_add_ext(certificate, made.get(), -1) != 1) return false;
  }
  return add_alternative_name(certificate, name);
}

bool fill(X509* certificate, const pki::Certificate& signer, std::uint64_t serial, EVP_PKEY* key,
          std::string_view name) {
  constexpr long version3 = 2;
  return X509_set_version(certificate, version3) == 1 &&
         ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial) == 1 &&
         set_names(certificate, signer.leaf.get(), name) && set_dates(certificate) &&
         X509_set_pubkey(certificate, key) == 1 && add_extensions(certificate, signer.leaf.get(), name);
}

// Keys of Ed25519 and Ed448 sign without a digest of their own.
bool sign(X509* certificate, EVP_PKEY* key) {
  int const kind = EVP_PKEY_get_base_id(key);
  bool const bare = kind == EVP_PKEY_ED25519 || kind == EVP_PKEY_ED448;
  return X509_sign(certificate, key, bare ? nullptr : EVP_sha256()) > 0;
}

}  // namespace

GeneratedCertificates::GeneratedCertificates(std::shared_ptr<const pki::Certificate> signer,
                                             std::size_t capacity)
    : signer_(std::move(signer)), capacity_(capacity), serial_(first_serial()) {}

GeneratedCertificates::Made GeneratedCertificates::get(std::string_view name, const pki::Certificate& like) {
  std::string key = like.path + '\n' + std::string(name);
  if (Made found = kept(key)) return found;
  Made made = make(name, like);  // without the lock: signing takes its time
  ERR_clear_error();
  if (made) keep(std::move(key), made);
  return made;
}

GeneratedCertificates::Made GeneratedCertificates::make(std::string_view name, const pki::Certificate& like) {
  auto made = std::make_shared<pki::Certificate>();
  made->leaf.reset(X509_new());
  EVP_PKEY* const key = like.key.get();
  bool const good = made->leaf && fill(made->leaf.get(), *signer_, serial_.fetch_add(1), key, name) &&
                    sign(made->leaf.get(), signer_->key.get());
  if (!good || EVP_PKEY_up_ref(key) != 1) return nullptr;
  made->key.reset(key);
  X509_up_ref(signer_->leaf.get());
  made->chain.emplace_back(signer_->leaf.get());
  made->path = like.path;
  made->kind = like.kind;
  return made;
}

GeneratedCertificates::Made GeneratedCertificates::kept(const std::string& key) {
  std::scoped_lock const lock(mutex_);
  auto const found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second);
  return found->second->second;
}

void GeneratedCertificates::keep(std::string key, const Made& made) {
  std::scoped_lock const lock(mutex_);
  if (capacity_ == 0 || by_key_.contains(key)) return;
  order_.emplace_front(key, made);
  by_key_.emplace(std::move(key), order_.begin());
  if (order_.size() <= capacity_) return;
  by_key_.erase(order_.back().first);
  order_.pop_back();
}

}  // namespace shunt::runtime
