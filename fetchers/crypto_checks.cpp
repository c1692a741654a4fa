// The checks of the arguments of digests, ciphers and tokens.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "fetchers/argument_checks.hpp"
#include "fetchers/base64.hpp"
#include "fetchers/crypto.hpp"

namespace shunt::fetchers {
namespace {

constexpr std::array<std::string_view, 10> jwt_algorithms = {"none",  "HS256", "HS384", "HS512", "RS256",
                                                             "RS384", "RS512", "ES256", "ES384", "ES512"};
constexpr std::array<std::string_view, 3> jwt_pss = {"PS256", "PS384", "PS512"};

bool is_key_size(std::int64_t bits) { return bits == 128 || bits == 192 || bits == 256; }

// The argument becomes the variable if its text names one.
bool take_variable(ArgumentValue& argument, ArgumentCheck& check) {
  std::string ignored;
  const auto ref = parse_variable(argument.text, check.names, ignored);
  if (!ref) return false;
  argument.type = ArgumentType::variable;
  argument.variable = *ref;
  return true;
}

// A secret is Base64 text, which is decoded here, or a variable holds one.
bool is_secret(ArgumentValue& argument, ArgumentCheck& check) {
  if (take_variable(argument, check)) return true;
  auto bytes = base64_bytes(argument.text);
  if (bytes) argument.text = std::move(*bytes);
  return bytes.has_value();
}

void keep_digest(ArgumentValue& argument, const std::string& name) {
  argument.compiled = std::shared_ptr<const void>(find_digest(name), [](const void*) {});
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
  keep_digest(arguments[0], arguments[0].text);
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

// The second argument is a secret or the name of a file, which only the algorithm tells.
bool check_jwt_verify(ArgumentValues arguments, ArgumentCheck& check) {
  const std::string& algorithm = arguments[0].text;
  const bool secret = algorithm.starts_with("HS") || algorithm == "none";
  if (!take_variable(arguments[1], check) && !secret)
    arguments[1].compiled = load_public_key(arguments[1].text);
  if (std::ranges::find(jwt_algorithms, algorithm) != jwt_algorithms.end() ||
      take_variable(arguments[0], check))
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

// A key is JSON text, or a variable holds it.
bool check_jwk(ArgumentValues arguments, ArgumentCheck& check) {
  return take_variable(arguments[0], check), true;
}

bool check_secret(ArgumentValues arguments, ArgumentCheck& check) {
  return is_secret(arguments[0], check) || check.fail("the secret is neither a variable nor Base64");
}

bool check_sha2(ArgumentValues arguments, ArgumentCheck& check) {
  const std::int64_t bits = arguments[0].type == ArgumentType::none ? 256 : arguments[0].integer;
  keep_digest(arguments[0], fmt::format("sha{}", bits));
  if (bits == 224 || bits == 256 || bits == 384 || bits == 512) return true;
  return check.fail(fmt::format("Unsupported number of bits: '{}'", bits));
}

}  // namespace shunt::fetchers
