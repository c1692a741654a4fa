// Converters of JSON Web Tokens in their compact form (RFC 7515): queries and the check of the signature.
#include <algorithm>
#include <array>

#include "fetchers/argument_checks.hpp"
#include "fetchers/base64.hpp"
#include "fetchers/crypto.hpp"
#include "fetchers/families.hpp"
#include "fetchers/json_query.hpp"
#include "fetchers/jwe.hpp"
#include "fetchers/secret.hpp"
#include "fetchers/unsupported_rows.hpp"

namespace shunt::fetchers {
namespace {

constexpr std::size_t most_parts = 5;  // of an encrypted token; a signed one has three

// The parts between dots; what follows the last one belongs to it.
struct Token {
  std::array<std::string_view, most_parts> parts = {};
  std::size_t count = 0;

  explicit Token(std::string_view text) {
    for (std::size_t dot = 0; dot != std::string_view::npos && count < most_parts;) {
      dot = text.find('.');
      parts[count++] = text.substr(0, dot);
      if (dot != std::string_view::npos) text.remove_prefix(dot + 1);
    }
  }
};

// Part 0 is the header, part 1 the payload. Without a path the part itself.
template <std::size_t part>
bool query(Context& context, Arguments arguments, Sample& sample) {
  const Token token(sample.text);
  const auto decoded = base64_decode(token.parts[part], Base64::url, *context.scratch);
  if (token.count <= part || !decoded) return false;
  if (!arguments[0].text.empty())
    return query_json(*decoded, arguments[0].text, !arguments[1].text.empty(), *context.scratch, sample);
  sample.set_string(*decoded);
  return true;
}

enum class Family : std::uint8_t { none, hmac, rsa, pss, curve };

struct Algorithm {
  std::string_view name;
  Family family;
  const char* digest;
  std::size_t signature_size = 0;  // of a curve
};
constexpr std::array algorithms = {
    Algorithm{"none", Family::none, ""},
    Algorithm{"HS256", Family::hmac, "sha256"},
    Algorithm{"HS384", Family::hmac, "sha384"},
    Algorithm{"HS512", Family::hmac, "sha512"},
    Algorithm{"RS256", Family::rsa, "sha256"},
    Algorithm{"RS384", Family::rsa, "sha384"},
    Algorithm{"RS512", Family::rsa, "sha512"},
    Algorithm{"ES256", Family::curve, "sha256", 64},
    Algorithm{"ES384", Family::curve, "sha384", 96},
    Algorithm{"ES512", Family::curve, "sha512", 132},
    Algorithm{"PS256", Family::pss, "sha256"},
    Algorithm{"PS384", Family::pss, "sha384"},
    Algorithm{"PS512", Family::pss, "sha512"},
};

// What jwt_verify yields, as HAProxy's manual lists it.
enum Result : std::int64_t {
  failure = 0,
  success = 1,
  unknown_algorithm = -1,
  invalid_token = -3,
  unknown_certificate = -5,
};

Result verify_hmac(const Algorithm& algorithm, std::string_view secret, std::string_view text,
                   std::string_view signature, Scratch& scratch) {
  const auto expected = hmac(find_digest(algorithm.digest), secret, text, scratch);
  return expected && equal_secrets(*expected, signature) ? success : failure;
}

Result verify_key(const Algorithm& algorithm, const PublicKey* key, std::string_view text,
                  std::string_view signature) {
  const bool curve = algorithm.family == Family::curve;
  if (key == nullptr) return unknown_certificate;
  if (curve && signature.size() % 2 != 0) return invalid_token;
  if (curve && signature.size() != algorithm.signature_size) return failure;
  const Padding padding = curve                             ? Padding::none
                          : algorithm.family == Family::pss ? Padding::pss
                                                            : Padding::pkcs1;
  return verify(*key, find_digest(algorithm.digest), padding, text, signature) ? success : failure;
}

Result verified(const Algorithm& algorithm, std::string_view secret, const PublicKey* key,
                std::string_view text, Scratch& scratch) {
  const Token token(text);
  if (token.count < 2 || token.count > 3) return invalid_token;
  if (algorithm.family == Family::none) return token.parts[2].empty() ? success : failure;
  const auto signature = base64_decode(token.parts[2], Base64::url, scratch);
  if (!signature || signature->empty()) return invalid_token;
  const std::string_view signed_text = text.substr(0, text.rfind('.'));
  if (algorithm.family == Family::hmac)
    return verify_hmac(algorithm, secret, signed_text, *signature, scratch);
  return verify_key(algorithm, key, signed_text, *signature);
}

bool verify_token(Context& context, Arguments arguments, Sample& sample) {
  const auto name = text_or_variable(context, arguments[0]);
  const auto secret = text_or_variable(context, arguments[1]);
  if (!name || !secret) return false;
  const auto* algorithm = std::ranges::find(algorithms, *name, &Algorithm::name);
  const auto* key = static_cast<const PublicKey*>(arguments[1].compiled.get());
  sample.set_integer(algorithm == algorithms.end()
                         ? unknown_algorithm
                         : verified(*algorithm, *secret, key, sample.text, *context.scratch));
  return true;
}

template <auto key_of, auto decrypt_with>
bool decrypted(Context& context, Arguments arguments, Sample& sample) {
  const auto key = key_of(context, arguments[0]);
  const auto content = key ? decrypt_with(sample.text, *key, *context.scratch) : std::nullopt;
  if (content) sample.set_binary(*content);
  return content.has_value();
}
constexpr ConvertFunction with_jwk = decrypted<text_or_variable, decrypt_token_with_jwk>;
constexpr ConvertFunction with_secret = decrypted<secret_bytes, decrypt_token>;

constexpr ConverterRow decrypting(std::string_view name, ConvertFunction function,
                                  bool (*check)(ArgumentValues, ArgumentCheck&), std::string_view text) {
  return {.name = name,
          .arguments = {.required = 1, .types = {ArgumentType::str}, .check = check},
          .in = SampleType::bin,
          .out = SampleType::bin,
          .purity = Purity::reads_state,
          .function = function,
          .since = "3.4",
          .documentation = text};
}

constexpr ConverterRow querying(std::string_view name, ConvertFunction function, std::string_view text) {
  return {.name = name,
          .arguments = {.types = {ArgumentType::str, ArgumentType::str}, .check = check_jwt_query},
          .in = SampleType::bin,
          .out = SampleType::any,
          .function = function,
          .documentation = text};
}

constexpr std::array rows = {
    later("jwt_decrypt_cert", {.required = 1, .types = {ArgumentType::str}}, SampleType::bin, SampleType::bin,
          "Decrypts a JWE with a loaded certificate having `jwt on`.", "3.4"),
    decrypting("jwt_decrypt_jwk", with_jwk, check_jwk, "Decrypts a JWE with a JSON key (text or variable)."),
    decrypting("jwt_decrypt_secret", with_secret, check_secret,
               "Decrypts a JWE with a base64 secret (text or variable)."),
    querying("jwt_header_query", query<0>, "The value at a JSON path of a JWT's header."),
    querying("jwt_payload_query", query<1>, "The value at a JSON path of a JWT's payload."),
    ConverterRow{.name = "jwt_verify",
                 .arguments = {.required = 2,
                               .types = {ArgumentType::str, ArgumentType::str},
                               .check = check_jwt_verify},
                 .in = SampleType::bin,
                 .out = SampleType::sint,
                 .purity = Purity::reads_state,
                 .function = verify_token,
                 .documentation = "The result of verifying a JWT's signature."},
    ConverterRow{.name = "jwt_verify_cert",
                 .arguments = {.required = 2,
                               .types = {ArgumentType::str, ArgumentType::str},
                               .check = check_jwt_verify_cert},
                 .in = SampleType::bin,
                 .out = SampleType::sint,
                 .purity = Purity::reads_state,
                 .function = verify_token,
                 .since = "3.3",
                 .documentation = "Verifies a JWS with a loaded certificate (no HMAC); alg and cert may be "
                                  "variables; result as jwt_verify."},
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows jwt_converters() { return rows; }

}  // namespace shunt::fetchers
