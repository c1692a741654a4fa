// Which kinds of keys a client is shown, by what its ClientHello offers.
#pragma once
#include <string_view>

#include "graph/pki/certificate_store.hpp"

namespace shunt::graph::pki {

// Which kinds of signatures a client takes. One that does not say is an old one: RSA in the form of PKCS #1.
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
  ClientCapabilities named = {};
  ClientCapabilities unnamed = {};  // among the default ones: what the client can use
};

// Of a signature_algorithms extension's body (RFC 8446, 4.2.3).
[[nodiscard]] SignatureKinds kinds_of(std::string_view extension);
[[nodiscard]] Choice choice_of(const SignatureKinds& kinds, const OfferedSuites& suites);

}  // namespace shunt::graph::pki
