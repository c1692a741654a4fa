// What a ClientHello says that the choice of a certificate depends on (inside OpenSSL's ClientHello
// callback).
#pragma once
#include <openssl/ssl.h>

#include <string>
#include <string_view>

#include "graph/pki/certificate_store.hpp"

namespace shunt::runtime {

// Which kinds of signatures a client takes.
struct SignatureKinds {
  bool rsa = false;      // in the form of PKCS #1
  bool rsa_pss = false;  // in the other one, which TLS 1.3 has alone
  bool ecdsa = false;
};

struct OfferedSuites {
  bool ecdsa = false;    // one that needs such a key
  bool any_key = false;  // one of TLS 1.3
};

// Which kind of key is shown where there are several.
struct Choice {
  // Among certificates of the asked name, as HAProxy chooses: RSA for a client with suites of TLS 1.3 alone,
  // PSS doesn't count [seen].
  graph::pki::ClientCapabilities named = {};
  graph::pki::ClientCapabilities unnamed = {};  // among the default ones: what the client can use
};

struct ClientHello {
  bool well_formed = true;  // as far as the choice depends on it
  std::string server_name;  // lower case; empty without one
  Choice choice;
};

[[nodiscard]] ClientHello read_client_hello(SSL* ssl);

// What HAProxy ends a handshake for, with an alert of its own; OpenSSL is stricter, but comes later [seen].
[[nodiscard]] bool server_name_is_well_formed(std::string_view extension);
[[nodiscard]] bool signatures_are_well_formed(std::string_view extension);

// The first host name of a server_name extension's body; empty for none or a malformed one.
[[nodiscard]] std::string_view server_name_of(std::string_view extension);
// Of a signature_algorithms extension's body.
[[nodiscard]] SignatureKinds kinds_of(std::string_view extension);
[[nodiscard]] Choice choice_of(const SignatureKinds& kinds, const OfferedSuites& suites);

}  // namespace shunt::runtime
