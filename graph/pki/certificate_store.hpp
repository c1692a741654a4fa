// Certificates with their keys as loaded and judged when the configuration is read.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
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
  bool drop_extension = false;     // ssl-load-extra-del-ext
  bool skips_self_issued = false;  // ssl-skip-self-issued-ca
};

// Where a certificate is read from. Parts without a name are in the file itself, or beside it.
struct CertificateSource {
  std::string path;   // as it is named
  std::string place;  // where that is: the same, but never relative
  std::string key = {}, stapled = {}, issuer = {}, timestamps = {};

  friend bool operator==(const CertificateSource&, const CertificateSource&) = default;
};

struct Certificate {
  std::string path;  // as it is named
  CertificateSource source;
  X509Ptr leaf;
  KeyPtr key;
  KeyPtr parameters;           // Diffie-Hellman, for DHE suites; null: there are none
  std::vector<X509Ptr> chain;  // without the leaf, in file order
  KeyKind kind = KeyKind::other;
  std::string stapled;             // an OCSP response in DER form; empty: none
  std::int64_t stapled_until = 0;  // seconds since 1970
  bool has_stapled_file = false;   // whether it could be used or not
  bool skips_self_issued = false;  // what of the chain is its own issuer is not sent
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

// The files of a directory that may be certificates, in byte order of their names.
[[nodiscard]] std::vector<std::string> certificate_names(const std::string& directory);

// One PEM file: certificate, chain, key (key possibly in FILE.key).
[[nodiscard]] Result<Certificate, LoadError> load_certificate(const CertificateSource& source,
                                                              const ExtraFiles& files);

// What a file, or all files of a directory, holds of authorities and revocation lists.
struct Authorities {
  std::string path, place;
  std::vector<X509Ptr> certificates;
  std::vector<RevocationPtr> revocations;
};

// Keys of session tickets, as a file has them: 48 or 80 bytes each, the last three.
using TicketKeys = std::vector<std::string>;

class IssuerPool;  // graph/pki/issuer_pool.hpp

// All certificates, authorities and keys of a configuration. Each file is read and parsed once: what was
// checked when its line was read is what is served. A copy shares what it holds.
class CertificateStore {
 public:
  CertificateStore();
  // What the following loads look for, and the chains that they take where a file has none.
  void look_for(const ExtraFiles& files) { extra_ = files; }
  [[nodiscard]] std::optional<LoadError> load_issuers(const std::string& directory);
  // `path`: a file or a directory (all files in byte order of their names). Ids in the order of loading.
  [[nodiscard]] Result<std::vector<std::uint32_t>, LoadError> load(const std::string& path);
  // One whose parts have names of their own.
  [[nodiscard]] Result<std::uint32_t, LoadError> load(CertificateSource source);
  // Whether it can be loaded; what was parsed for it is kept.
  [[nodiscard]] std::optional<LoadError> check(const std::string& path);
  [[nodiscard]] std::optional<LoadError> check(CertificateSource source);
  // Parses files that will be asked for, all processors at work. Faults come later.
  void prepare(const std::vector<std::string>& paths);
  // Completes a certificate; false: OpenSSL finds its parameters too weak, and it has none now.
  [[nodiscard]] bool give_parameters(std::uint32_t id, const SharedParameters& shared);
  [[nodiscard]] const Certificate& operator[](std::uint32_t id) const { return *entries_[id].certificate; }
  [[nodiscard]] const std::shared_ptr<const Certificate>& pointer(std::uint32_t id) const {
    return entries_[id].certificate;
  }
  [[nodiscard]] EVP_PKEY* parameters(std::uint32_t id) const { return entries_[id].parameters.get(); }
  // Whether OCSP responses are to be fetched for it; if so its issuer is looked for. False: the opposite was
  // said before, since forget_wishes().
  [[nodiscard]] bool wish_responses(std::uint32_t id, bool wanted);
  void forget_wishes();
  [[nodiscard]] bool wants_responses(std::uint32_t id) const {
    return entries_[id].wants_responses.value_or(false);
  }
  [[nodiscard]] const std::shared_ptr<X509>& issuer(std::uint32_t id) const { return entries_[id].issuer; }
  // `path` as `ca-file` has it: a file, a directory or "@system-ca". `what` begins the text of a fault.
  [[nodiscard]] Result<std::uint32_t, LoadError> load_authorities(
      const std::string& path, std::string_view what = "no certificate of an authority can be read from");
  [[nodiscard]] const Authorities& authorities(std::uint32_t id) const { return *authorities_[id]; }
  // A file with at least three base64 keys of 48 or 80 bytes, one a line.
  [[nodiscard]] Result<std::shared_ptr<const TicketKeys>, LoadError> ticket_keys(const std::string& path);
  // The bytes of a list of certificates; null: it can't be read.
  [[nodiscard]] std::shared_ptr<const std::string> text(const std::string& path);
  [[nodiscard]] std::optional<LoadError> check_parameters(const std::string& path);  // Diffie-Hellman
  [[nodiscard]] static bool is_directory(const std::string& path);
  [[nodiscard]] bool is_known_directory(const std::string& path);  // that was loaded
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  friend class StoreRenewal;  // graph/pki/store_renewal.hpp

  using CertificatePtr = std::shared_ptr<const Certificate>;
  using ParametersPtr = std::shared_ptr<EVP_PKEY>;
  struct Entry {
    CertificatePtr certificate;
    ParametersPtr parameters;  // its own, or shared ones
    std::optional<bool> wants_responses = {};
    std::shared_ptr<X509> issuer = {};  // for those that it wants; null: it is not known
  };
  // The files that a name stands for.
  struct Expansion {
    std::string path;
    bool directory = false;
    std::vector<std::string> paths;
  };
  struct Parsed {
    CertificatePtr certificate;
    std::string fault;
  };

  [[nodiscard]] std::string place_of(const std::string& path);
  [[nodiscard]] CertificateSource placed(CertificateSource source);
  [[nodiscard]] std::string key_of(const CertificateSource& source) const;
  [[nodiscard]] CertificateSource source_of(const std::string& path) {
    return {.path = path, .place = place_of(path)};
  }
  [[nodiscard]] const std::vector<std::string>& expand(const std::string& path);
  void parse(std::vector<CertificateSource> sources);
  [[nodiscard]] const Parsed& parsed(const CertificateSource& source);
  [[nodiscard]] Parsed finish(const CertificateSource& source, std::optional<Certificate> made) const;
  void complete(Certificate& certificate) const;
  [[nodiscard]] Result<std::uint32_t, LoadError> load_one(const CertificateSource& source);
  [[nodiscard]] ParametersPtr parameters_from(const Certificate& certificate, const SharedParameters& shared);
  [[nodiscard]] const ParametersPtr& parameters_of_file(const std::string& path);
  [[nodiscard]] bool is_strong(const ParametersPtr& parameters);

  ExtraFiles extra_ = {};
  std::string issuers_directory_ = {};
  std::shared_ptr<const std::vector<std::vector<X509Ptr>>> issuers_;  // chains, each with the issuer first
  std::shared_ptr<IssuerPool> pool_;
  std::unordered_map<std::string, Parsed> parsed_;       // by key_of()
  std::unordered_map<std::string, std::string> places_;  // of relative names, as they were last looked for
  std::map<std::string, Expansion> expansions_;          // by place
  std::map<std::string, std::shared_ptr<const std::string>> texts_;
  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::uint32_t> ids_;
  std::vector<std::shared_ptr<const Authorities>> authorities_;
  std::unordered_map<std::string, std::uint32_t> authority_ids_;
  std::map<std::string, std::shared_ptr<const TicketKeys>> ticket_keys_;
  std::unordered_map<std::string, ParametersPtr> parameter_files_;
  std::unordered_map<unsigned, ParametersPtr> known_parameters_;  // by bits
  std::unordered_map<const EVP_PKEY*, bool> strong_;
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
