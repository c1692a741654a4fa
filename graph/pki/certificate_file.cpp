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
#include "graph/pki/library.hpp"
#include "graph/pki/names.hpp"
#include "graph/pki/parameters.hpp"
#include "graph/pki/pem_file.hpp"
#include "parser/outside.hpp"

namespace shunt::graph::pki {
namespace {

using DecoderPtr = std::unique_ptr<OSSL_DECODER_CTX, Release<OSSL_DECODER_CTX_free>>;

KeyKind kind_of(const EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: return KeyKind::rsa;
    case EVP_PKEY_EC: return KeyKind::ecdsa;
    default: return KeyKind::other;
  }
}

void describe(Certificate& certificate) {
  certificate.kind = kind_of(certificate.key.get());
  certificate.names = host_names(certificate.leaf.get());
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
