// Reading the PEM blocks of certificate files.
#include "graph/pki/certificate_file.hpp"

#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <system_error>
#include <thread>

#include <fmt/core.h>

#include "graph/pki/beside.hpp"
#include "graph/pki/issuer_pool.hpp"
#include "graph/pki/parameters.hpp"
#include "graph/pki/pem_file.hpp"
#include "parser/outside.hpp"

namespace shunt::graph::pki {
namespace {

using NamesPtr = std::unique_ptr<GENERAL_NAMES, Release<GENERAL_NAMES_free>>;
using DecoderPtr = std::unique_ptr<OSSL_DECODER_CTX, Release<OSSL_DECODER_CTX_free>>;

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

void describe(Certificate& certificate) {
  certificate.kind = kind_of(certificate.key.get());
  add_alternative_names(certificate.leaf.get(), certificate.names);
  add_common_names(certificate.leaf.get(), certificate.names);
}

void read_chain(BIO* file, Certificate& certificate) {
  while (X509Ptr next{PEM_read_bio_X509(file, nullptr, no_passphrase, nullptr)}) {
    certificate.chain.push_back(std::move(next));
  }
  ERR_clear_error();
}

// The key stands in the file itself or in FILE.key.
std::optional<LoadError> read_key(Certificate& certificate, const ExtraFiles& files) {
  const CertificateSource& source = certificate.source;
  const std::string other =
      source.key.empty() ? beside(source.path, ".key", files) : source.key;  // for the message
  for (const std::string& name :
       {source.key.empty() ? source.place : std::string(), key_place(source, files)}) {
    const BioPtr file = name.empty() ? nullptr : open_file(name);
    if (!file) continue;
    certificate.key.reset(PEM_read_bio_PrivateKey(file.get(), nullptr, no_passphrase, nullptr));
    if (certificate.key) return std::nullopt;
  }
  return LoadError{
      fmt::format("no usable private key in '{}' nor in '{}'{}", source.path, other, library_error())};
}

std::string reason_for(const std::string& path, const std::string& place) {
  ERR_clear_error();
  if (parser::path_kind(place) == parser::PathKind::absent)
    return fmt::format("there is no certificate file '{}'", path);
  const auto bytes = parser::read_file(place);
  return fmt::format("the certificate file '{}' can't be opened: {}", path,
                     std::generic_category().message(bytes ? 0 : bytes.assume_error()));
}

// ---- the plain case

// OpenSSL makes a set of decoders for each key, which takes far longer than to decode it; this one is kept.
class KeyReader {
 public:
  KeyReader() = default;
  KeyReader(const KeyReader&) = delete;
  KeyReader& operator=(const KeyReader&) = delete;

  // PKCS #8; null: it can't be read.
  KeyPtr read(std::string_view der) {
    for (Kind& kind : kinds_) {
      if (!kind.decoder)
        kind.decoder.reset(OSSL_DECODER_CTX_new_for_pkey(&made_, "DER", "PrivateKeyInfo", kind.name,
                                                         OSSL_KEYMGMT_SELECT_ALL, nullptr, nullptr));
      const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
      std::size_t size = der.size();
      made_ = nullptr;
      if (kind.decoder && OSSL_DECODER_from_data(kind.decoder.get(), &bytes, &size) == 1)
        return KeyPtr(made_);
      ERR_clear_error();
    }
    return nullptr;
  }

 private:
  struct Kind {
    const char* name;
    DecoderPtr decoder = {};
  };
  EVP_PKEY* made_ = nullptr;
  std::array<Kind, 2> kinds_ = {{{.name = "RSA"}, {.name = "EC"}}};
};

struct Block {
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;

  Block() = default;
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block() {
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, static_cast<std::size_t>(size));
  }
  [[nodiscard]] std::string_view bytes() const {
    return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(size)};
  }
};

class Parser {
 public:
  explicit Parser(IssuerPool& pool) : pool_(pool) {}

  std::optional<Certificate> parse(const CertificateText& text) {
    Certificate made;
    const bool plain = blocks(text.file, made) && (text.key.empty() || blocks(text.key, made));
    if (!plain || !made.leaf || !made.key || X509_check_private_key(made.leaf.get(), made.key.get()) != 1) {
      ERR_clear_error();
      return std::nullopt;
    }
    describe(made);
    return made;
  }

 private:
  bool blocks(const std::string& pem, Certificate& into) {
    const BioPtr file(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    while (true) {
      Block block;
      if (PEM_read_bio(file.get(), &block.name, &block.header, &block.data, &block.size) != 1) {
        const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
        ERR_clear_error();
        return at_end;
      }
      if (*block.header != '\0' || !take(block, into)) return false;
    }
  }

  bool take(const Block& block, Certificate& into) {
    const std::string_view name = block.name;
    if (name == "CERTIFICATE") return take_certificate(block.bytes(), into);
    if (name == "EC PARAMETERS") return true;
    if (name != "PRIVATE KEY" || into.key) return false;
    into.key = keys_.read(block.bytes());
    return into.key != nullptr;
  }

  bool take_certificate(std::string_view der, Certificate& into) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
    X509* const read = into.leaf ? pool_.get(der) : d2i_X509(nullptr, &bytes, static_cast<long>(der.size()));
    if (read == nullptr) return false;
    if (into.leaf)
      into.chain.emplace_back(read);
    else
      into.leaf.reset(read);
    return true;
  }

  IssuerPool& pool_;
  KeyReader keys_;
};

constexpr std::size_t worth_a_thread = 64;  // certificates

}  // namespace

std::string key_place(const CertificateSource& source, const ExtraFiles& files) {
  if (!source.key.empty()) return source.key;
  return (files.kinds & extra::key) != 0 ? beside(source.place, ".key", files) : std::string();
}

bool holds_key(std::string_view pem) { return pem.find("PRIVATE KEY-----") != std::string_view::npos; }

std::vector<std::optional<Certificate>> parse_all(const std::vector<CertificateText>& texts,
                                                  IssuerPool& pool) {
  std::vector<std::optional<Certificate>> made(texts.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    Parser parser(pool);
    for (std::size_t at = next++; at < texts.size(); at = next++) made[at] = parser.parse(texts[at]);
  };
  std::vector<std::thread> helpers;
  const std::size_t most = std::max(std::thread::hardware_concurrency(), 1U);
  for (std::size_t i = 1; i < std::min(most, texts.size() / worth_a_thread); ++i) helpers.emplace_back(work);
  work();
  for (std::thread& helper : helpers) helper.join();
  return made;
}

Result<Certificate, LoadError> load_certificate(const CertificateSource& source, const ExtraFiles& files) {
  const std::string& path = source.path;
  const BioPtr file = open_file(source.place);
  if (!file) return LoadError{reason_for(path, source.place)};
  Certificate certificate;
  certificate.path = path;
  certificate.source = source;
  certificate.leaf.reset(PEM_read_bio_X509_AUX(file.get(), nullptr, no_passphrase, nullptr));
  if (!certificate.leaf) return LoadError{fmt::format("no certificate in '{}'{}", path, library_error())};
  read_chain(file.get(), certificate);
  if (auto fault = read_key(certificate, files)) return std::move(*fault);
  if (X509_check_private_key(certificate.leaf.get(), certificate.key.get()) != 1) {
    ERR_clear_error();
    return LoadError{fmt::format("the private key doesn't belong to the certificate in '{}'", path)};
  }
  certificate.parameters = read_parameters(source.place);
  describe(certificate);
  return certificate;
}

}  // namespace shunt::graph::pki
