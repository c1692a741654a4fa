// Converters of digests, ciphers and tokens: known by name and judged, not executed yet.
#include <array>

#include "fetchers/argument_checks.hpp"
#include "fetchers/families.hpp"
#include "fetchers/unsupported_rows.hpp"

namespace shunt::fetchers {
namespace {

constexpr std::array rows = {
    later("aes_cbc_dec",
          {.required = 3,
           .types = {ArgumentType::sint, ArgumentType::str, ArgumentType::str, ArgumentType::str},
           .check = check_aes_cbc},
          SampleType::bin, SampleType::bin,
          "AES-CBC decryption; bits 128/192/256, nonce, key (base64 or variable), optional AAD.", "3.4"),
    later("aes_cbc_enc",
          {.required = 3,
           .types = {ArgumentType::sint, ArgumentType::str, ArgumentType::str, ArgumentType::str},
           .check = check_aes_cbc},
          SampleType::bin, SampleType::bin, "AES-CBC encryption, same arguments.", "3.4"),
    later("aes_gcm_dec",
          {.required = 4,
           .types = {ArgumentType::sint, ArgumentType::str, ArgumentType::str, ArgumentType::str,
                     ArgumentType::str},
           .check = check_aes_gcm},
          SampleType::bin, SampleType::bin,
          "AES-GCM decryption with key, nonce and tag from variables or Base64 texts."),
    later("aes_gcm_enc",
          {.required = 4,
           .types = {ArgumentType::sint, ArgumentType::str, ArgumentType::str, ArgumentType::str,
                     ArgumentType::str},
           .check = check_aes_gcm},
          SampleType::bin, SampleType::bin,
          "AES-GCM encryption; the 4th argument is a variable receiving the tag (base64).", "3.0"),
    later("digest", {.required = 1, .types = {ArgumentType::str}, .check = check_digest}, SampleType::bin,
          SampleType::bin, "A message digest of the bytes."),
    later("hmac", {.required = 2, .types = {ArgumentType::str, ArgumentType::str}, .check = check_hmac},
          SampleType::bin, SampleType::bin, "A keyed message digest of the bytes."),
    later("jwt_decrypt_cert", {.required = 1, .types = {ArgumentType::str}}, SampleType::bin, SampleType::bin,
          "Decrypts a JWE with a loaded certificate having `jwt on`.", "3.4"),
    later("jwt_decrypt_jwk", {.required = 1, .types = {ArgumentType::str}}, SampleType::bin, SampleType::bin,
          "Decrypts a JWE with a JSON key (text or variable).", "3.4"),
    later("jwt_decrypt_secret", {.required = 1, .types = {ArgumentType::str}, .check = check_secret},
          SampleType::bin, SampleType::bin, "Decrypts a JWE with a base64 secret (text or variable).", "3.4"),
    later("jwt_header_query", {.types = {ArgumentType::str, ArgumentType::str}, .check = check_jwt_query},
          SampleType::bin, SampleType::any, "The value at a JSON path of a JWT's header."),
    later("jwt_payload_query", {.types = {ArgumentType::str, ArgumentType::str}, .check = check_jwt_query},
          SampleType::bin, SampleType::any, "The value at a JSON path of a JWT's payload."),
    later("jwt_verify",
          {.required = 2, .types = {ArgumentType::str, ArgumentType::str}, .check = check_jwt_verify},
          SampleType::bin, SampleType::sint, "The result of verifying a JWT's signature."),
    later("jwt_verify_cert",
          {.required = 2, .types = {ArgumentType::str, ArgumentType::str}, .check = check_jwt_verify_cert},
          SampleType::bin, SampleType::sint,
          "Verifies a JWS with a loaded certificate (no HMAC); alg and cert may be variables; result as "
          "jwt_verify.",
          "3.3"),
    later("secure_memcmp", {.required = 1, .types = {ArgumentType::variable}}, SampleType::bin,
          SampleType::boolean, "Compares with a variable in constant time."),
    later("sha1", {}, SampleType::bin, SampleType::bin, "SHA-1 of the bytes."),
    later("sha2", {.types = {ArgumentType::sint}, .check = check_sha2}, SampleType::bin, SampleType::bin,
          "SHA-2 of the bytes, 256 bits by default."),
    later("x509_v_err_str", {}, SampleType::sint, SampleType::str, "OpenSSL verify code → constant name.",
          "2.7"),
    later("xxh3", {.types = {ArgumentType::sint}}, SampleType::bin, SampleType::sint,
          "XXH3 hash of the bytes, 64 bits."),
    later("xxh32", {.types = {ArgumentType::sint}}, SampleType::bin, SampleType::sint,
          "XXH32 hash of the bytes."),
    later("xxh64", {.types = {ArgumentType::sint}}, SampleType::bin, SampleType::sint,
          "XXH64 hash of the bytes."),
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows crypto_converters() { return rows; }

}  // namespace shunt::fetchers
