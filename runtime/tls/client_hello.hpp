// What a ClientHello says that the choice of a certificate depends on (inside OpenSSL's ClientHello
// callback).
#pragma once
#include <openssl/ssl.h>

#include <string>
#include <string_view>

#include "graph/pki/client_choice.hpp"

namespace shunt::runtime {

struct ClientHello {
  bool well_formed = true;  // as far as the choice depends on it
  std::string server_name;  // lower case; empty without one
  graph::pki::Choice choice;
};

[[nodiscard]] ClientHello read_client_hello(SSL* ssl);

// What HAProxy ends a handshake for, with an alert of its own; OpenSSL is stricter, but comes later [seen].
[[nodiscard]] bool server_name_is_well_formed(std::string_view extension);
[[nodiscard]] bool signatures_are_well_formed(std::string_view extension);

// The first host name of a server_name extension's body; empty for none or a malformed one.
[[nodiscard]] std::string_view server_name_of(std::string_view extension);

}  // namespace shunt::runtime
