// Certificates with their keys as loaded and judged when the configuration is read.
#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <openssl/ssl.h>

#include "parser/diagnostic.hpp"
#include "parser/result.hpp"

namespace shunt::graph::pki {

enum class KeyKind : std::uint8_t { rsa, ecdsa, other };

template <auto Free>
struct Release {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using X509Ptr = std::unique_ptr<X509, Release<X509_free>>;
using RevocationPtr = std::unique_ptr<X509_CRL, Release<X509_CRL_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;

// Kinds of files beside a certificate's that are looked for (ssl-load-extra-files), as bits.
namespace extra {
inline constexpr std::string_view names[] = {"bundle", "sctl", "ocsp", "issuer", "key"};
inline constexpr std::uint32_t bundle = 1, sctl = 2, ocsp = 4, issuer = 8, key = 16, all = 31;
}  // namespace extra

struct ExtraFiles {
  std::uint32_t kinds = extra::all;
  bool drop_extension = false;  // ssl-load-extra-del-ext
};

struct Certificate {
  std::string path;
  X509Ptr leaf;
  KeyPtr key;
  KeyPtr parameters;           // Diffie-Hellman, for DHE suites; null: there are none
  std::vector<X509Ptr> chain;  // without the leaf, in file order
  KeyKind kind = KeyKind::other;
  std::string stapled;             // an OCSP response in DER form; empty: none
  std::int64_t stapled_until = 0;  // seconds since 1970
  std::string timestamps;          // a list of certificate timestamps as it is sent; empty: none
  std::vector<std::string>
      names;  // lower case; DNS names of subjectAltName and the subject's CNs; "*.x" for wildcards
};

struct LoadError {
  std::string message;
};

// Where certificates whose files hold no Diffie-Hellman parameters take theirs from.
struct SharedParameters {
  std::string file;        // empty: from nowhere, or known ones of at most `bits`, as large as the key
  std::uint32_t bits = 0;  // 0: none
};

// One PEM file: certificate, chain, key (key possibly in FILE.key).
[[nodiscard]] Result<Certificate, LoadError> load_certificate(const std::string& path,
                                                              const ExtraFiles& files = {});

// What a file, or all files of a directory, holds of authorities and revocation lists.
struct Authorities {
  std::vector<X509Ptr> certificates;
  std::vector<RevocationPtr> revocations;
};

// All certificates of a graph; equal paths are loaded once.
class CertificateStore {
 public:
  // What the following loads look for, and the chains that they take where a file has none.
  void look_for(const ExtraFiles& files) { extra_ = files; }
  [[nodiscard]] std::optional<LoadError> load_issuers(const std::string& directory);
  // `path`: a file or a directory (all files in byte order of their names). Ids in the order of loading.
  [[nodiscard]] Result<std::vector<std::uint32_t>, LoadError> load(const std::string& path);
  // Completes a certificate; false: OpenSSL finds its parameters too weak, and it has none now.
  [[nodiscard]] bool give_parameters(std::uint32_t id, const SharedParameters& shared);
  [[nodiscard]] const Certificate& operator[](std::uint32_t id) const { return certificates_[id]; }
  // `path` as `ca-file` has it: a file, a directory or "@system-ca".
  [[nodiscard]] Result<std::uint32_t, LoadError> load_authorities(const std::string& path);
  [[nodiscard]] const Authorities& authorities(std::uint32_t id) const { return authorities_[id]; }
  [[nodiscard]] static bool is_directory(const std::string& path);
  [[nodiscard]] std::size_t size() const { return certificates_.size(); }
  [[nodiscard]] const std::vector<std::string>& files() const { return files_; }

 private:
  void complete(Certificate& certificate) const;
  [[nodiscard]] Result<std::vector<std::uint32_t>, LoadError> load_with_variants(const std::string& path);
  [[nodiscard]] Result<std::uint32_t, LoadError> load_one(const std::string& path);

  ExtraFiles extra_ = {};
  std::vector<std::vector<X509Ptr>> issuers_ = {};  // chains, each with the issuer first
  std::vector<Certificate> certificates_;
  std::deque<Authorities> authorities_;
  std::unordered_map<std::string, std::uint32_t> authority_ids_;
  std::vector<std::string> files_;
  std::unordered_map<std::string, std::uint32_t> ids_;
};

// Whether OpenSSL takes these lists (empty ones are not looked at); the fault names the one that it refuses.
[[nodiscard]] std::optional<LoadError> check_settings(const std::string& ciphers,
                                                      const std::string& ciphersuites,
                                                      const std::string& curves);

// What a ClientHello says about the kinds of certificate that the client takes.
struct ClientCapabilities {
  bool rsa = true;
  bool ecdsa = true;
};

// Which of a bind's certificates answers a server name (HAProxy's order: exact before wildcard, ECDSA if the
// client can).
class CertificateIndex {
 public:
  struct Entry {
    std::uint32_t certificate = 0;
    const std::vector<std::string>* names = nullptr;     // null: the certificate's own
    const std::vector<std::string>* excluded = nullptr;  // that its wildcards don't stand for; null: none
  };
  // `defaults`: positions among the entries. Answers are positions, too.
  CertificateIndex(const CertificateStore& store, const std::vector<Entry>& entries,
                   const std::vector<std::uint32_t>& defaults);
  // The first `default_variants` certificates are the default one, with different kinds of keys.
  CertificateIndex(const CertificateStore& store, std::vector<std::uint32_t> certificates,
                   std::uint32_t default_variants = 1);
  // The position of the first one, or with this constructor: its id.
  // nullopt: no name matches (the caller takes the default, or refuses under strict-sni).
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view server_name,
                                                  ClientCapabilities client) const;
  [[nodiscard]] std::uint32_t default_certificate(ClientCapabilities client) const;

 private:
  struct Data;
  std::shared_ptr<const Data> data_;
};

}  // namespace shunt::graph::pki
