// What the TLS library says of itself.
#include "graph/pki/library.hpp"

#include <openssl/crypto.h>

namespace shunt::graph::pki {

std::string_view library_name() { return OpenSSL_version(OPENSSL_VERSION); }

}  // namespace shunt::graph::pki
