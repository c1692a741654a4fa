// Digests, ciphers and signatures of libcrypto, without its types.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "fetchers/sample.hpp"

namespace shunt::fetchers {

// A message digest; lives as long as the process.
using Digest = const void*;
[[nodiscard]] Digest find_digest(const std::string& name);  // null: libcrypto has none of that name
[[nodiscard]] std::optional<std::string_view> digest(Digest algorithm, std::string_view bytes,
                                                     Scratch& scratch);
[[nodiscard]] std::optional<std::string_view> hmac(Digest algorithm, std::string_view key,
                                                   std::string_view bytes, Scratch& scratch);

enum class CipherMode : std::uint8_t { cbc, gcm };

struct Cipher {
  CipherMode mode = CipherMode::gcm;
  int bits = 128;  // 128, 192, 256; the key must have as many
  std::string_view nonce = {};
  std::string_view key = {};
  std::string_view additional = {};  // authenticated, not encrypted (GCM)
};
// nullopt: a size is wrong, or what was encrypted was changed (GCM: the tag doesn't fit).
[[nodiscard]] std::optional<std::string_view> decrypt(const Cipher& cipher, std::string_view tag,
                                                      std::string_view bytes, Scratch& scratch);
struct Encrypted {
  std::string_view bytes;
  std::string_view tag;  // GCM: 16 bytes
};
[[nodiscard]] std::optional<Encrypted> encrypt(const Cipher& cipher, std::string_view bytes,
                                               Scratch& scratch);

// AES key wrap (RFC 3394); nullopt: it is not what was wrapped with that key.
[[nodiscard]] std::optional<std::string_view> unwrap_key(int bits, std::string_view key,
                                                         std::string_view bytes, Scratch& scratch);

// An RSA key by its numbers, big-endian.
struct RsaNumbers {
  std::string_view modulus, public_exponent, private_exponent;
};
// RSAES-OAEP with that digest (RFC 8017).
[[nodiscard]] std::optional<std::string_view> rsa_decrypt(const RsaNumbers& numbers, const char* digest_name,
                                                          std::string_view bytes, Scratch& scratch);

// The public key of a PEM file: of a certificate, or a bare one. Null: the file holds none.
class PublicKey;
[[nodiscard]] std::shared_ptr<const PublicKey> load_public_key(const std::string& path);

enum class Padding : std::uint8_t { none, pkcs1, pss };
// `none`: an elliptic curve's signature, both numbers one behind the other (RFC 7518, 3.4).
[[nodiscard]] bool verify(const PublicKey& key, Digest algorithm, Padding padding, std::string_view bytes,
                          std::string_view signature);

// Whether they are equal, in a time that doesn't tell where they differ.
[[nodiscard]] bool equal_secrets(std::string_view left, std::string_view right);

}  // namespace shunt::fetchers
