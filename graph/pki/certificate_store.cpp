// Loads PEM files, judges them, and chooses among them by server name.
#include "graph/pki/certificate_store.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <system_error>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <unordered_map>

#include <fmt/format.h>

#include "graph/pki/beside.hpp"
#include "graph/pki/parameters.hpp"
#include "graph/pki/pem_file.hpp"
#include "parser/outside.hpp"

namespace shunt::graph::pki {
namespace {

namespace fs = std::filesystem;

using ContextPtr = std::unique_ptr<SSL_CTX, Release<SSL_CTX_free>>;
using NamesPtr = std::unique_ptr<GENERAL_NAMES, Release<GENERAL_NAMES_free>>;

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return result;
}

// The library's last word on what went wrong, or "" when it has none; the queue is emptied.
std::string library_error() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? std::string() : fmt::format(" ({})", reason);
}

// Never asks on the terminal: an encrypted key is an error.
int no_passphrase(char*, int, int, void*) { return -1; }

void add_name(std::vector<std::string>& names, std::string_view name) {
  std::string folded = lower(name);
  if (!folded.empty() && std::ranges::find(names, folded) == names.end()) names.push_back(std::move(folded));
}

std::string_view text_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

void add_alternative_names(X509* leaf, std::vector<std::string>& names) {
  const NamesPtr alternatives(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(leaf, NID_subject_alt_name, nullptr, nullptr)));
  if (!alternatives) return;
  for (int i = 0; i < sk_GENERAL_NAME_num(alternatives.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(alternatives.get(), i);
    if (name->type == GEN_DNS) add_name(names, text_of(name->d.dNSName));
  }
}

void add_common_names(X509* leaf, std::vector<std::string>& names) {
  X509_NAME* subject = X509_get_subject_name(leaf);
  int at = -1;
  while ((at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0) {
    unsigned char* utf8 = nullptr;
    const int length = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    if (length < 0) continue;
    add_name(names, {reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(length)});
    OPENSSL_free(utf8);
  }
}

KeyKind kind_of(const EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: return KeyKind::rsa;
    case EVP_PKEY_EC: return KeyKind::ecdsa;
    default: return KeyKind::other;
  }
}

void read_chain(BIO* file, Certificate& certificate) {
  while (X509Ptr next{PEM_read_bio_X509(file, nullptr, no_passphrase, nullptr)}) {
    certificate.chain.push_back(std::move(next));
  }
  ERR_clear_error();
}

// The key stands in the file itself or in FILE.key.
std::optional<LoadError> read_key(const std::string& path, Certificate& certificate,
                                  const ExtraFiles& files) {
  const bool apart = (files.kinds & extra::key) != 0;
  const std::string other = beside(path, ".key", files);
  for (const std::string& name : {path, apart ? other : std::string()}) {
    const BioPtr file = name.empty() ? nullptr : open_file(name);
    if (!file) continue;
    certificate.key.reset(PEM_read_bio_PrivateKey(file.get(), nullptr, no_passphrase, nullptr));
    if (certificate.key) return std::nullopt;
  }
  return LoadError{fmt::format("no usable private key in '{}' nor in '{}'{}", path, other, library_error())};
}

std::string reason_for(const std::string& path) {
  ERR_clear_error();
  if (parser::path_kind(path) == parser::PathKind::absent)
    return fmt::format("there is no certificate file '{}'", path);
  const auto bytes = parser::read_file(path);
  return fmt::format("the certificate file '{}' can't be opened: {}", path,
                     std::generic_category().message(bytes ? 0 : bytes.assume_error()));
}

bool is_beside(std::string_view name) {
  constexpr std::string_view endings[] = {".key", ".dh", ".ocsp", ".issuer", ".sctl"};
  return std::ranges::any_of(endings, [&](std::string_view ending) { return name.ends_with(ending); });
}

std::vector<std::string> files_of(const std::string& directory) {
  std::vector<std::string> names;
  for (const std::string& name : parser::list_directory(directory)) {
    const bool hidden = name.starts_with('.') || is_beside(name);
    if (!hidden && !parser::is_directory(fs::path(directory) / name)) names.push_back(name);
  }
  return names;
}

}  // namespace

Result<Certificate, LoadError> load_certificate(const std::string& path, const ExtraFiles& files) {
  const BioPtr file = open_file(path);
  if (!file) return LoadError{reason_for(path)};
  Certificate certificate;
  certificate.path = path;
  certificate.leaf.reset(PEM_read_bio_X509_AUX(file.get(), nullptr, no_passphrase, nullptr));
  if (!certificate.leaf) return LoadError{fmt::format("no certificate in '{}'{}", path, library_error())};
  read_chain(file.get(), certificate);
  if (auto fault = read_key(path, certificate, files)) return std::move(*fault);
  if (X509_check_private_key(certificate.leaf.get(), certificate.key.get()) != 1) {
    ERR_clear_error();
    return LoadError{fmt::format("the private key doesn't belong to the certificate in '{}'", path)};
  }
  certificate.kind = kind_of(certificate.key.get());
  certificate.parameters = read_parameters(path);
  add_alternative_names(certificate.leaf.get(), certificate.names);
  add_common_names(certificate.leaf.get(), certificate.names);
  if (auto fault = load_timestamps(certificate, files)) return std::move(*fault);
  return certificate;
}

Result<std::vector<std::uint32_t>, LoadError> CertificateStore::load(const std::string& path) {
  if (!is_directory(path)) {
    BOOST_OUTCOME_TRY(const std::vector<std::uint32_t> ids, load_with_variants(path));
    return ids;
  }
  std::vector<std::uint32_t> all;
  for (const std::string& name : files_of(path)) {
    BOOST_OUTCOME_TRY(const std::uint32_t id, load_one((fs::path(path) / name).string()));
    all.push_back(id);
  }
  return all;
}

bool CertificateStore::is_directory(const std::string& path) { return parser::is_directory(path); }

bool CertificateStore::give_parameters(std::uint32_t id, const SharedParameters& shared) {
  Certificate& certificate = certificates_[id];
  if (!certificate.parameters) {
    certificate.parameters = !shared.file.empty() ? read_parameters(shared.file)
                             : shared.bits != 0   ? known_parameters(*certificate.key, shared.bits)
                                                  : nullptr;
    if (shared.bits == 0 && shared.file.empty()) return true;
  }
  if (certificate.parameters && strong_enough(*certificate.parameters)) return true;
  certificate.parameters.reset();
  return false;
}

// "foo.pem" may stand for foo.pem.rsa, foo.pem.ecdsa and foo.pem.dsa.
Result<std::vector<std::uint32_t>, LoadError> CertificateStore::load_with_variants(const std::string& path) {
  std::vector<std::uint32_t> ids;
  if ((extra_.kinds & extra::bundle) != 0 && parser::path_kind(path) == parser::PathKind::absent) {
    for (const std::string_view ending : {".rsa", ".dsa", ".ecdsa"}) {
      const std::string variant = path + std::string(ending);
      if (parser::path_kind(variant) == parser::PathKind::absent) continue;
      BOOST_OUTCOME_TRY(const std::uint32_t id, load_one(variant));
      ids.push_back(id);
    }
  }
  if (!ids.empty()) return ids;
  BOOST_OUTCOME_TRY(const std::uint32_t id, load_one(path));
  ids.push_back(id);
  return ids;
}

// Files that hold no certificate are passed over.
std::optional<LoadError> CertificateStore::load_issuers(const std::string& directory) {
  if (!parser::is_directory(directory))
    return LoadError{fmt::format("there is no directory '{}'", directory)};
  for (const std::string& name : files_of(directory)) {
    const BioPtr file = open_file((fs::path(directory) / name).string());
    std::vector<X509Ptr> chain;
    while (X509Ptr next{file ? PEM_read_bio_X509(file.get(), nullptr, no_passphrase, nullptr) : nullptr})
      chain.push_back(std::move(next));
    ERR_clear_error();
    if (!chain.empty()) issuers_.push_back(std::move(chain));
  }
  return std::nullopt;
}

void CertificateStore::complete(Certificate& certificate) const {
  // Names alone don't make an issuer [seen].
  if (!certificate.chain.empty() || X509_get0_authority_key_id(certificate.leaf.get()) == nullptr) return;
  for (const std::vector<X509Ptr>& chain : issuers_) {
    if (X509_check_issued(chain.front().get(), certificate.leaf.get()) != X509_V_OK) continue;
    for (const X509Ptr& link : chain) {
      X509_up_ref(link.get());
      certificate.chain.emplace_back(link.get());
    }
    return;
  }
}

Result<std::uint32_t, LoadError> CertificateStore::load_one(const std::string& path) {
  const auto known = ids_.find(path);
  if (known != ids_.end()) return known->second;
  BOOST_OUTCOME_TRY(Certificate certificate, load_certificate(path, extra_));
  complete(certificate);
  if (auto fault = load_stapled(certificate, extra_)) return std::move(*fault);
  const auto id = static_cast<std::uint32_t>(certificates_.size());
  certificates_.push_back(std::move(certificate));
  files_.push_back(path);
  ids_.emplace(path, id);
  return id;
}

// ---- choice
// -------------------------------------------------------------------------------------------------------

namespace {

// For one name: the first certificate of each kind, as a position in the bind's list.
struct Candidates {
  std::optional<std::uint32_t> by_kind[3];

  void offer(KeyKind kind, std::uint32_t id) {
    auto& slot = by_kind[static_cast<std::size_t>(kind)];
    if (!slot) slot = id;
  }
  void offer(const Candidates& other) {
    for (std::size_t kind = 0; kind < 3; ++kind) {
      if (!by_kind[kind]) by_kind[kind] = other.by_kind[kind];
    }
  }
  [[nodiscard]] std::optional<std::uint32_t> choose(ClientCapabilities client) const {
    const auto& [rsa, ecdsa, other] = by_kind;
    if (client.ecdsa && ecdsa) return ecdsa;
    if (client.rsa && rsa) return rsa;
    if (rsa) return rsa;
    return ecdsa ? ecdsa : other;
  }
};

struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
using Positions = std::vector<std::uint32_t>;
using NameMap = std::unordered_map<std::string, Positions, StringHash, std::equal_to<>>;

const Positions* find_in(const NameMap& map, std::string_view name) {
  const auto found = map.find(name);
  return found == map.end() ? nullptr : &found->second;
}

bool holds(const std::vector<std::string>* names, std::string_view name) {
  return names != nullptr && std::ranges::find(*names, name) != names->end();
}

}  // namespace

struct CertificateIndex::Data {
  std::vector<std::uint32_t> answers;  // by position
  std::vector<KeyKind> kinds;
  std::vector<const std::vector<std::string>*> excluded;
  Candidates defaults;
  NameMap exact;
  NameMap wildcard;  // key: what follows the first label, with its dot

  void add(std::uint32_t position, const std::string& name) {
    const bool wild = name.starts_with("*.");
    (wild ? wildcard[name.substr(1)] : exact[name]).push_back(position);
  }
  void offer(Candidates& to, std::uint32_t position) const { to.offer(kinds[position], position); }
};

CertificateIndex::CertificateIndex(const CertificateStore& store, const std::vector<Entry>& entries,
                                   const std::vector<std::uint32_t>& defaults) {
  auto data = std::make_shared<Data>();
  for (std::uint32_t position = 0; position < entries.size(); ++position) {
    const Entry& entry = entries[position];
    data->answers.push_back(position);
    data->kinds.push_back(store[entry.certificate].kind);
    data->excluded.push_back(entry.excluded);
    for (const std::string& name : entry.names ? *entry.names : store[entry.certificate].names)
      data->add(position, name);
  }
  for (const std::uint32_t position : defaults) data->offer(data->defaults, position);
  data_ = std::move(data);
}

CertificateIndex::CertificateIndex(const CertificateStore& store, std::vector<std::uint32_t> certificates,
                                   std::uint32_t default_variants) {
  std::vector<Entry> entries;
  std::vector<std::uint32_t> defaults;
  for (const std::uint32_t id : certificates) {
    if (entries.size() < default_variants) defaults.push_back(static_cast<std::uint32_t>(entries.size()));
    entries.push_back({.certificate = id});
  }
  *this = CertificateIndex(store, entries, defaults);
  auto data = std::make_shared<Data>(*data_);
  data->answers = std::move(certificates);
  data_ = std::move(data);
}

// What an exact name can't offer a client, a wildcard may.
std::optional<std::uint32_t> CertificateIndex::find(std::string_view server_name,
                                                    ClientCapabilities client) const {
  const std::string name = lower(server_name);
  Candidates found;
  if (const Positions* exact = find_in(data_->exact, name))
    for (const std::uint32_t position : *exact) data_->offer(found, position);
  const auto dot = name.find('.');
  const Positions* const wild =
      dot == std::string::npos ? nullptr : find_in(data_->wildcard, std::string_view(name).substr(dot));
  if (wild != nullptr)
    for (const std::uint32_t position : *wild)
      if (!holds(data_->excluded[position], name)) data_->offer(found, position);
  const auto position = found.choose(client);
  return position ? std::optional(data_->answers[*position]) : std::nullopt;
}

std::uint32_t CertificateIndex::default_certificate(ClientCapabilities client) const {
  return data_->answers[*data_->defaults.choose(client)];
}

// ---- settings
// -----------------------------------------------------------------------------------------------------

std::optional<LoadError> check_settings(const std::string& ciphers, const std::string& ciphersuites,
                                        const std::string& curves) {
  if (ciphers.empty() && ciphersuites.empty() && curves.empty()) return std::nullopt;
  const ContextPtr context(SSL_CTX_new(TLS_server_method()));
  const auto fault = [](std::string_view what, const std::string& value) {
    return LoadError{fmt::format("{} '{}' are not known to OpenSSL{}", what, value, library_error())};
  };
  if (!ciphers.empty() && SSL_CTX_set_cipher_list(context.get(), ciphers.c_str()) != 1)
    return fault("the ciphers", ciphers);
  if (!ciphersuites.empty() && SSL_CTX_set_ciphersuites(context.get(), ciphersuites.c_str()) != 1) {
    return fault("the ciphersuites", ciphersuites);
  }
  if (!curves.empty() && SSL_CTX_set1_curves_list(context.get(), curves.c_str()) != 1)
    return fault("the curves", curves);
  return std::nullopt;
}

}  // namespace shunt::graph::pki
