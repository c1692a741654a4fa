// The checks of the arguments of digests, ciphers and tokens.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "fetchers/argument_checks.hpp"

namespace shunt::fetchers {
namespace {

constexpr std::array<std::string_view, 10> jwt_algorithms = {"none",  "HS256", "HS384", "HS512", "RS256",
                                                             "RS384", "RS512", "ES256", "ES384", "ES512"};
constexpr std::array<std::string_view, 3> jwt_pss = {"PS256", "PS384", "PS512"};

bool is_key_size(std::int64_t bits) { return bits == 128 || bits == 192 || bits == 256; }

// A secret is Base64 text, or a variable holds one.
bool is_secret(const ArgumentValue& argument, ArgumentCheck& check) {
  return is_variable(argument.text, check) || is_base64(argument.text);
}

bool check_cipher(ArgumentValues arguments, ArgumentCheck& check) {
  if (!is_key_size(arguments[0].integer)) return check.fail("key size must be 128, 192 or 256 (bits)");
  if (!is_secret(arguments[1], check))
    return check.fail("failed to parse nonce: it is neither a variable nor Base64");
  return is_secret(arguments[2], check) ||
         check.fail("failed to parse key: it is neither a variable nor Base64");
}

}  // namespace

bool is_variable(const std::string& text, ArgumentCheck& check) {
  std::string ignored;
  return parse_variable(text, check.names, ignored).has_value();
}

bool is_base64(std::string_view text) {
  if (text.size() % 4 != 0) return false;
  text.remove_suffix(text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0);
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  });
}

bool check_aes_cbc(ArgumentValues arguments, ArgumentCheck& check) {
  if (!check_cipher(arguments, check)) return false;
  if (arguments[3].text.empty() || is_secret(arguments[3], check)) return true;
  return check.fail("failed to parse the additional data: they are neither a variable nor Base64");
}

// To decrypt, the tag may be text; to encrypt it is a variable that receives it.
bool check_aes_gcm(ArgumentValues arguments, ArgumentCheck& check) {
  if (!check_cipher(arguments, check)) return false;
  if (!is_secret(arguments[3], check))
    return check.fail("failed to parse aead_tag: it is neither a variable nor Base64");
  if (arguments.size() < 5 || arguments[4].text.empty() || is_secret(arguments[4], check)) return true;
  return check.fail("failed to parse the additional data: they are neither a variable nor Base64");
}

bool check_digest(ArgumentValues arguments, ArgumentCheck& check) {
  return is_digest(arguments[0].text) || check.fail("algorithm must be a valid OpenSSL message digest name");
}

bool check_hmac(ArgumentValues arguments, ArgumentCheck& check) {
  if (!check_digest(arguments, check)) return false;
  return is_secret(arguments[1], check) ||
         check.fail("failed to parse key: it is neither a variable nor Base64");
}

bool check_jwt_query(ArgumentValues arguments, ArgumentCheck& check) {
  const std::string& type = arguments[1].text;
  return type.empty() || type == "int" || check.fail("output_type only supports \"int\" as argument");
}

bool check_jwt_verify(ArgumentValues arguments, ArgumentCheck& check) {
  const std::string& algorithm = arguments[0].text;
  if (std::ranges::find(jwt_algorithms, algorithm) != jwt_algorithms.end() || is_variable(algorithm, check))
    return true;
  const bool pss = std::ranges::find(jwt_pss, algorithm) != jwt_pss.end();
  if (pss && check.language >= 207) return true;
  return check.fail(pss ? std::string("RSASSA-PSS signatures are not supported")
                        : fmt::format("unknown JWT algorithm: {}", algorithm));
}

bool check_jwt_verify_cert(ArgumentValues arguments, ArgumentCheck& check) {
  if (arguments[0].text.starts_with("HS")) return check.fail("a certificate can't verify HMAC signatures");
  return check_jwt_verify(arguments, check);
}

bool check_secret(ArgumentValues arguments, ArgumentCheck& check) {
  return is_secret(arguments[0], check) || check.fail("the secret is neither a variable nor Base64");
}

bool check_sha2(ArgumentValues arguments, ArgumentCheck& check) {
  if (arguments[0].type == ArgumentType::none) return true;
  const std::int64_t bits = arguments[0].integer;
  if (bits == 224 || bits == 256 || bits == 384 || bits == 512) return true;
  return check.fail(fmt::format("Unsupported number of bits: '{}'", bits));
}

}  // namespace shunt::fetchers
