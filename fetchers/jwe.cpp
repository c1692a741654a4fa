// The two layers of an encrypted token: the key that its content is encrypted with, and the content.
#include "fetchers/jwe.hpp"

#include <algorithm>
#include <array>

#include "fetchers/base64.hpp"
#include "fetchers/crypto.hpp"
#include "fetchers/json_path.hpp"

namespace shunt::fetchers {
namespace {

using Bytes = std::optional<std::string_view>;

// The five parts; the first one as it is written is authenticated, too.
struct Parts {
  std::string_view written_header;
  std::string_view header, key, nonce, content, tag;
};

std::optional<Parts> split(std::string_view text, Scratch& scratch) {
  Parts made;
  made.written_header = text.substr(0, text.find('.'));
  const std::array<std::string_view*, 5> parts = {&made.header, &made.key, &made.nonce, &made.content,
                                                  &made.tag};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t dot = text.find('.');
    if ((dot == std::string_view::npos) != (i + 1 == parts.size())) return std::nullopt;
    const Bytes bytes = base64_decode(text.substr(0, dot), Base64::url, scratch);
    if (!bytes) return std::nullopt;
    *parts[i] = *bytes;
    if (dot != std::string_view::npos) text.remove_prefix(dot + 1);
  }
  return made;
}

std::string_view text_at(std::string_view json, std::string_view path) {
  const auto value = find_json(json, path);
  return value && value->kind == JsonValue::Kind::text ? value->token : std::string_view{};
}

Bytes bytes_at(std::string_view json, std::string_view path, Scratch& scratch) {
  const std::string_view text = text_at(json, path);
  return text.empty() ? std::nullopt : base64_decode(text, Base64::url, scratch);
}

struct Encryption {
  std::string_view name;
  CipherMode mode;
  int bits;
  const char* digest = "";  // of the codes of a CBC
};
constexpr std::array encryptions = {
    Encryption{"A128CBC-HS256", CipherMode::cbc, 128, "sha256"},
    Encryption{"A192CBC-HS384", CipherMode::cbc, 192, "sha384"},
    Encryption{"A256CBC-HS512", CipherMode::cbc, 256, "sha512"},
    Encryption{"A128GCM", CipherMode::gcm, 128},
    Encryption{"A192GCM", CipherMode::gcm, 192},
    Encryption{"A256GCM", CipherMode::gcm, 256},
};

// RFC 7518, 5.2.2.2: the first half of the key is for the code, the other one for the cipher.
Bytes decrypt_with_code(const Encryption& kind, const Parts& parts, std::string_view key, Scratch& scratch) {
  const auto half = static_cast<std::size_t>(kind.bits / 8);
  if (key.size() != 2 * half) return std::nullopt;
  const std::uint64_t header_bits = parts.written_header.size() * 8;
  std::array<char, 8> length = {};
  for (std::size_t i = 0; i < length.size(); ++i) length[i] = static_cast<char>(header_bits >> (56 - 8 * i));
  const std::array pieces = {parts.written_header, parts.nonce, parts.content,
                             std::string_view(length.data(), length.size())};
  std::size_t size = 0;
  for (const std::string_view piece : pieces) size += piece.size();
  const std::span<char> room = scratch.allocate(size);
  auto end = room.begin();
  for (const std::string_view piece : pieces) end = std::ranges::copy(piece, end).out;
  const Bytes code = hmac(find_digest(kind.digest), key.substr(0, half), {room.data(), room.size()}, scratch);
  if (!code || !equal_secrets(code->substr(0, half), parts.tag)) return std::nullopt;
  return decrypt({CipherMode::cbc, kind.bits, parts.nonce, key.substr(half), {}}, {}, parts.content, scratch);
}

Bytes decrypt_content(const Parts& parts, std::string_view key, Scratch& scratch) {
  const auto* kind = std::ranges::find(encryptions, text_at(parts.header, "$.enc"), &Encryption::name);
  if (kind == encryptions.end() || find_json(parts.header, "$.zip")) return std::nullopt;
  if (kind->mode == CipherMode::cbc) return decrypt_with_code(*kind, parts, key, scratch);
  constexpr std::size_t whole_tag = 16;  // a shorter one would be easier to guess
  if (parts.tag.size() != whole_tag) return std::nullopt;
  return decrypt({CipherMode::gcm, kind->bits, parts.nonce, key, parts.written_header}, parts.tag,
                 parts.content, scratch);
}

Bytes direct_key(const Parts& parts, std::string_view secret, int, Scratch&) {
  return parts.key.empty() ? Bytes(secret) : std::nullopt;
}

Bytes unwrapped_key(const Parts& parts, std::string_view secret, int bits, Scratch& scratch) {
  return unwrap_key(bits, secret, parts.key, scratch);
}

Bytes decrypted_key(const Parts& parts, std::string_view secret, int bits, Scratch& scratch) {
  const Bytes nonce = bytes_at(parts.header, "$.iv", scratch), tag = bytes_at(parts.header, "$.tag", scratch);
  constexpr std::size_t whole_tag = 16;
  if (!nonce || !tag || tag->size() != whole_tag) return std::nullopt;
  return decrypt({CipherMode::gcm, bits, *nonce, secret, {}}, *tag, parts.key, scratch);
}

struct KeyManagement {
  std::string_view name;
  Bytes (*key)(const Parts& parts, std::string_view secret, int bits, Scratch& scratch);
  int bits = 0;
};
constexpr std::array managements = {
    KeyManagement{"dir", direct_key},
    KeyManagement{"A128KW", unwrapped_key, 128},
    KeyManagement{"A192KW", unwrapped_key, 192},
    KeyManagement{"A256KW", unwrapped_key, 256},
    KeyManagement{"A128GCMKW", decrypted_key, 128},
    KeyManagement{"A192GCMKW", decrypted_key, 192},
    KeyManagement{"A256GCMKW", decrypted_key, 256},
};

Bytes decrypt_parts(const Parts& parts, std::string_view secret, Scratch& scratch) {
  const auto* management =
      std::ranges::find(managements, text_at(parts.header, "$.alg"), &KeyManagement::name);
  if (management == managements.end()) return std::nullopt;
  const Bytes key = management->key(parts, secret, management->bits, scratch);
  return key ? decrypt_content(parts, *key, scratch) : std::nullopt;
}

Bytes decrypt_with_rsa(const Parts& parts, std::string_view jwk, Scratch& scratch) {
  const std::string_view name = text_at(parts.header, "$.alg");
  const bool longer = name == "RSA-OAEP-256";
  if (!longer && name != "RSA-OAEP") return std::nullopt;
  const Bytes modulus = bytes_at(jwk, "$.n", scratch), public_exponent = bytes_at(jwk, "$.e", scratch),
              exponent = bytes_at(jwk, "$.d", scratch);
  if (!modulus || !public_exponent || !exponent) return std::nullopt;
  const Bytes key =
      rsa_decrypt({*modulus, *public_exponent, *exponent}, longer ? "sha256" : "sha1", parts.key, scratch);
  return key ? decrypt_content(parts, *key, scratch) : std::nullopt;
}

}  // namespace

std::optional<std::string_view> decrypt_token(std::string_view token, std::string_view secret,
                                              Scratch& scratch) {
  const auto parts = split(token, scratch);
  return parts ? decrypt_parts(*parts, secret, scratch) : std::nullopt;
}

std::optional<std::string_view> decrypt_token_with_jwk(std::string_view token, std::string_view jwk,
                                                       Scratch& scratch) {
  const auto parts = split(token, scratch);
  if (!parts) return std::nullopt;
  if (text_at(jwk, "$.kty") == "RSA") return decrypt_with_rsa(*parts, jwk, scratch);
  const Bytes secret = text_at(jwk, "$.kty") == "oct" ? bytes_at(jwk, "$.k", scratch) : std::nullopt;
  return secret ? decrypt_parts(*parts, *secret, scratch) : std::nullopt;
}

}  // namespace shunt::fetchers
