// What callbacks of OpenSSL learn of one connection and fetches ask for later.
#pragma once
#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "fetchers/tls_view.hpp"

namespace shunt::graph::pki {
struct Certificate;  // graph/pki/certificate_store.hpp
}

namespace shunt::runtime {

// A client's hello, cut to the space that the configuration gives it.
class KeptHello {
 public:
  // `message`: the ClientHello without its header. null: its fields don't add up.
  [[nodiscard]] static std::unique_ptr<const KeptHello> make(std::string_view message, std::size_t space);
  [[nodiscard]] const fetchers::CapturedHello& lists() const { return lists_; }

 private:
  KeptHello() = default;
  std::string_view keep(std::string_view bytes, std::size_t space);

  std::string bytes_ = {};
  fetchers::CapturedHello lists_ = {};
};

using KeptSecrets = std::array<std::string, fetchers::tls_secret_count>;

struct ReleaseCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

struct KeptSession;  // runtime/tls/kept_session.hpp
class OutgoingTls;
class StapledAnswers;  // runtime/tls/stapled_answers.hpp
class TlsContext;

struct TlsFacts {
  enum class Refused : std::uint8_t { no, certificate, issuer, configured_name, expected_name };

  // Of a connection to a server.
  struct Outgoing {
    std::shared_ptr<const OutgoingTls> context = {};
    std::string expected_name = {};  // its certificate must be made out for it; empty: no name is looked at
    bool name_was_sent = false;      // that name, as the server's (SNI)
    KeptSession* kept = nullptr;     // where its session goes
  };

  // What the connection began with lives as long as it; one of the two.
  std::shared_ptr<const TlsContext> accepted = {};
  std::unique_ptr<Outgoing> towards = {};
  fetchers::VerifyFaults faults = {};
  Refused refused = Refused::no;                                       // why the handshake was ended here
  std::unique_ptr<X509, ReleaseCertificate> refused_certificate = {};  // OpenSSL forgets it then
  bool peer_showed_certificate = false;                                // in this very handshake
  std::unique_ptr<const std::string> refused_name = {};                // a server's that nobody has here
  std::uint64_t error = 0;                                             // OpenSSL's code of the first failure
  const graph::pki::Certificate* shown = nullptr;                      // the one that was chosen for a client
  std::shared_ptr<const graph::pki::Certificate> made = {};            // ... when it was made for its name
  const StapledAnswers* stapled = nullptr;                             // of the thread
  std::unique_ptr<const KeptHello> hello = {};
  std::unique_ptr<KeptSecrets> secrets = {};

  // One line of OpenSSL's key log.
  void keep_secret(std::string_view line);
};

// What the BIO of a connection of ours carries; it lives as long as the connection.
struct TlsFactsHolder {
  TlsFacts facts = {};
};

[[nodiscard]] TlsFacts& facts_of(const SSL* ssl);  // of a connection of ours

}  // namespace shunt::runtime
