// What a ClientHello says that the choice of a certificate depends on (inside OpenSSL's ClientHello
// callback).
#pragma once
#include <openssl/ssl.h>

#include <string>
#include <string_view>

#include "graph/pki/certificate_store.hpp"

namespace shunt::runtime {

struct ClientHello {
  std::string server_name;  // lower case; empty without one
  graph::pki::ClientCapabilities capabilities;
};

[[nodiscard]] ClientHello read_client_hello(SSL* ssl);

// The first host name of a server_name extension's body; empty for none or a malformed one.
[[nodiscard]] std::string_view server_name_of(std::string_view extension);
// Which kinds of keys a signature_algorithms extension's body admits.
[[nodiscard]] graph::pki::ClientCapabilities capabilities_of(std::string_view extension);

}  // namespace shunt::runtime
