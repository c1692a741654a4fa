// What libcrypto knows, for judging arguments.
#include <openssl/evp.h>

#include "fetchers/argument_checks.hpp"

namespace shunt::fetchers {

bool is_digest(const std::string& name) { return EVP_get_digestbyname(name.c_str()) != nullptr; }

}  // namespace shunt::fetchers
