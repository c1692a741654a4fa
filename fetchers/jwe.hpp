// Decrypts JSON Web Encryption in its compact form (RFC 7516, algorithms of RFC 7518).
#pragma once
#include <optional>
#include <string_view>

#include "fetchers/sample.hpp"

namespace shunt::fetchers {

// With a secret: `dir`, A128KW, A192KW, A256KW and A128GCMKW, A192GCMKW, A256GCMKW. Contents: A128CBC-HS256,
// A192CBC-HS384, A256CBC-HS512, A128GCM, A192GCM, A256GCM. nullopt: another algorithm, a wrong key, a changed
// or compressed token.
[[nodiscard]] std::optional<std::string_view> decrypt_token(std::string_view token, std::string_view secret,
                                                            Scratch& scratch);
// With a JSON Web Key (RFC 7517): of kind `oct` as above, of kind `RSA` RSA-OAEP and RSA-OAEP-256.
[[nodiscard]] std::optional<std::string_view> decrypt_token_with_jwk(std::string_view token,
                                                                     std::string_view jwk, Scratch& scratch);

}  // namespace shunt::fetchers
