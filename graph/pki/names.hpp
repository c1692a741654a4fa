// What a certificate is made out for: names of hosts and addresses.
#pragma once
#include <openssl/x509.h>

#include <string>
#include <vector>

namespace shunt::graph::pki {

// DNS names of subjectAltName, then common names of the subject (they count beside the others, as in
// HAProxy [seen]); lower case, each once, "*.x" for wildcards.
[[nodiscard]] std::vector<std::string> host_names(X509* certificate);

// IP addresses of subjectAltName: "192.0.2.1", "2001:db8::1".
[[nodiscard]] std::vector<std::string> addresses(X509* certificate);

}  // namespace shunt::graph::pki
