// Certificates read by libcrypto.
#include "fetchers/certificate.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstring>

namespace shunt::fetchers {
namespace {

template <auto Release>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Release(object);
  }
};
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;
using PoliciesPtr = std::unique_ptr<CERTIFICATEPOLICIES, Freed<CERTIFICATEPOLICIES_free>>;
using Text = Certificate::Text;

std::string_view bytes_of(const ASN1_STRING* string) {
  const int size = ASN1_STRING_length(string);
  return size <= 0 ? std::string_view()
                   : std::string_view(reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
                                      static_cast<std::size_t>(size));
}

std::string_view written(const BioPtr& sink) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(sink.get(), &data);
  return size <= 0 ? std::string_view() : std::string_view(data, static_cast<std::size_t>(size));
}

void write(const BioPtr& sink, std::string_view text) {
  BIO_write(sink.get(), text.data(), static_cast<int>(text.size()));
}

// "CN", or the numbers of a kind that has no short name.
class KindName {
 public:
  explicit KindName(const ASN1_OBJECT* object) {
    const int known = OBJ_obj2nid(object);
    if (known != NID_undef) {
      name_ = OBJ_nid2sn(known);
      return;
    }
    const int size = OBJ_obj2txt(numbers_.data(), static_cast<int>(numbers_.size()), object, 1);
    if (size > 0) name_ = numbers_.data();
  }
  KindName(const KindName&) = delete;
  KindName& operator=(const KindName&) = delete;
  [[nodiscard]] std::string_view text() const { return name_; }

 private:
  std::array<char, 128> numbers_{};
  std::string_view name_ = {};
};

bool same_letters(std::string_view left, std::string_view right) {
  return left.size() == right.size() && OPENSSL_strncasecmp(left.data(), right.data(), left.size()) == 0;
}

struct NameEntry {
  const X509_NAME_ENTRY* entry;
  [[nodiscard]] std::string_view value() const { return bytes_of(X509_NAME_ENTRY_get_data(entry)); }
  [[nodiscard]] bool is(std::string_view kind) const {
    return same_letters(KindName(X509_NAME_ENTRY_get_object(entry)).text(), kind);
  }
};

// A NUL could hide what stands behind it from whoever reads the text.
bool holds_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

Text one_entry(const X509_NAME* name, const NameQuery& query, Scratch& scratch) {
  const int count = X509_NAME_entry_count(name);
  const bool backward = query.occurrence < 0;
  std::int64_t left = backward ? -query.occurrence : query.occurrence;
  for (int i = 0; i < count && left > 0; ++i) {
    const NameEntry entry{X509_NAME_get_entry(name, backward ? count - 1 - i : i)};
    if (!entry.is(query.entry) || --left != 0) continue;
    if (holds_nul(entry.value())) return std::nullopt;
    return scratch.copy(entry.value());
  }
  return std::nullopt;
}

Text whole_name(const X509_NAME* name, Scratch& scratch) {
  const BioPtr sink(BIO_new(BIO_s_mem()));
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const NameEntry entry{X509_NAME_get_entry(name, i)};
    write(sink, "/");
    write(sink, KindName(X509_NAME_ENTRY_get_object(entry.entry)).text());
    write(sink, "=");
    write(sink, entry.value());
  }
  const std::string_view text = written(sink);
  if (text.empty() || holds_nul(text)) return std::nullopt;
  return scratch.copy(text);
}

bool utf8_holds_nul(const X509_NAME* name) {
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    unsigned char* text = nullptr;
    const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, i)));
    const bool found = size > 0 && std::memchr(text, 0, static_cast<std::size_t>(size)) != nullptr;
    OPENSSL_free(text);
    if (found) return true;
  }
  return false;
}

Text ldap_name(const X509_NAME* name, Scratch& scratch) {
  if (X509_NAME_entry_count(name) == 0 || utf8_holds_nul(name)) return std::nullopt;
  const BioPtr sink(BIO_new(BIO_s_mem()));
  if (X509_NAME_print_ex(sink.get(), name, 0, XN_FLAG_RFC2253) < 0) return std::nullopt;
  return scratch.copy(written(sink));
}

Text read_name(const X509_NAME* name, const NameQuery& query, Scratch& scratch) {
  if (name == nullptr) return std::nullopt;
  if (!query.entry.empty()) return one_entry(name, query, scratch);
  return query.rfc2253 ? ldap_name(name, scratch) : whole_name(name, scratch);
}

Text date(const ASN1_TIME* time, Scratch& scratch) {
  if (time == nullptr) return std::nullopt;
  const std::string_view text = bytes_of(time);
  const std::size_t century = ASN1_STRING_type(time) == V_ASN1_GENERALIZEDTIME ? 2 : 0;
  if (text.size() < century + 12) return std::nullopt;
  return scratch.copy(text.substr(century));
}

Text known_name(int id, Scratch& scratch) {
  const char* const name = id == NID_undef ? nullptr : OBJ_nid2sn(id);
  return name == nullptr ? Text() : scratch.copy(name);
}

void print_list(const BioPtr& sink, const GENERAL_NAMES* names) {
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    if (i != 0) write(sink, ", ");
    GENERAL_NAME_print(sink.get(), sk_GENERAL_NAME_value(names, i));
  }
}

}  // namespace

void Certificate::Free::operator()(x509_st* object) const { X509_free(object); }

Certificate::Certificate(std::string_view der) {
  const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
  if (!der.empty()) object_.reset(d2i_X509(nullptr, &begin, static_cast<long>(der.size())));
  if (object_ == nullptr) ERR_clear_error();
}

Text Certificate::subject(const NameQuery& query, Scratch& scratch) const {
  return object_ ? read_name(X509_get_subject_name(object_.get()), query, scratch) : Text();
}
Text Certificate::issuer(const NameQuery& query, Scratch& scratch) const {
  return object_ ? read_name(X509_get_issuer_name(object_.get()), query, scratch) : Text();
}
Text Certificate::not_before(Scratch& scratch) const {
  return object_ ? date(X509_get0_notBefore(object_.get()), scratch) : Text();
}
Text Certificate::not_after(Scratch& scratch) const {
  return object_ ? date(X509_get0_notAfter(object_.get()), scratch) : Text();
}

Text Certificate::serial(Scratch& scratch) const {
  const ASN1_INTEGER* const number = object_ ? X509_get0_serialNumber(object_.get()) : nullptr;
  return number == nullptr || bytes_of(number).empty() ? Text() : scratch.copy(bytes_of(number));
}

Text Certificate::sha1(Scratch& scratch) const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  if (!object_ || X509_digest(object_.get(), EVP_sha1(), digest.data(), &size) != 1) return std::nullopt;
  return scratch.copy({reinterpret_cast<const char*>(digest.data()), size});
}

Text Certificate::key_algorithm(Scratch& scratch) const {
  ASN1_OBJECT* algorithm = nullptr;
  const X509_PUBKEY* const key = object_ ? X509_get_X509_PUBKEY(object_.get()) : nullptr;
  if (key == nullptr || X509_PUBKEY_get0_param(&algorithm, nullptr, nullptr, nullptr, key) != 1)
    return std::nullopt;
  return known_name(OBJ_obj2nid(algorithm), scratch);
}

Certificate::KeySize Certificate::key_size() const {
  const EVP_PKEY* const key = object_ ? X509_get0_pubkey(object_.get()) : nullptr;
  if (key == nullptr) return {};
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: return {.kind = "RSA", .bits = EVP_PKEY_get_bits(key)};
    case EVP_PKEY_EC: return {.kind = "EC", .bits = EVP_PKEY_get_bits(key)};
    case EVP_PKEY_DSA: return {.kind = "DSA", .bits = EVP_PKEY_get_bits(key)};
    default: return {};
  }
}

Text Certificate::signature_algorithm(Scratch& scratch) const {
  return object_ ? known_name(X509_get_signature_nid(object_.get()), scratch) : Text();
}

Text Certificate::alternative_names(Scratch& scratch) const {
  if (!object_) return std::nullopt;
  const NamesPtr names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(object_.get(), NID_subject_alt_name, nullptr, nullptr)));
  if (!names) return std::nullopt;
  const BioPtr sink(BIO_new(BIO_s_mem()));
  print_list(sink, names.get());
  return scratch.copy(written(sink));
}

Text Certificate::policies(Scratch& scratch) const {
  if (!object_) return std::nullopt;
  const PoliciesPtr found(static_cast<CERTIFICATEPOLICIES*>(
      X509_get_ext_d2i(object_.get(), NID_certificate_policies, nullptr, nullptr)));
  if (!found) return std::nullopt;
  const BioPtr sink(BIO_new(BIO_s_mem()));
  for (int i = 0; i < sk_POLICYINFO_num(found.get()); ++i) {
    std::array<char, 128> numbers{};
    OBJ_obj2txt(numbers.data(), static_cast<int>(numbers.size()),
                sk_POLICYINFO_value(found.get(), i)->policyid, 1);
    if (i != 0) write(sink, ",");
    write(sink, numbers.data());
  }
  return scratch.copy(written(sink));
}

std::int64_t Certificate::version() const { return object_ ? X509_get_version(object_.get()) + 1 : 0; }

std::string_view openssl_error_text(std::uint64_t code, Scratch& scratch) {
  constexpr std::size_t longest = 256;
  const std::span<char> room = scratch.allocate(longest);
  ERR_error_string_n(code, room.data(), room.size());
  return room.data();
}

}  // namespace shunt::fetchers
