// Converters of digests and ciphers, and the names of OpenSSL's verification results.
#include <algorithm>
#include <array>

#include "fetchers/argument_checks.hpp"
#include "fetchers/base64.hpp"
#include "fetchers/crypto.hpp"
#include "fetchers/families.hpp"
#include "fetchers/secret.hpp"
#include "fetchers/verify_names.hpp"

namespace shunt::fetchers {
namespace {

bool take(std::optional<std::string_view> bytes, Sample& sample) {
  if (bytes) sample.set_binary(*bytes);
  return bytes.has_value();
}

bool digest_of(Context& context, Arguments arguments, Sample& sample) {
  return take(digest(arguments[0].compiled.get(), sample.text, *context.scratch), sample);
}

bool hmac_of(Context& context, Arguments arguments, Sample& sample) {
  const auto key = secret_bytes(context, arguments[1]);
  return key && take(hmac(arguments[0].compiled.get(), *key, sample.text, *context.scratch), sample);
}

bool sha1(Context& context, Arguments, Sample& sample) {
  static const Digest algorithm = find_digest("sha1");
  return take(digest(algorithm, sample.text, *context.scratch), sample);
}

// (bits, nonce, key, ...); the additional data are the argument `additional`, if it is there.
std::optional<Cipher> cipher_of(Context& context, Arguments arguments, CipherMode mode,
                                std::size_t additional) {
  const auto nonce = secret_bytes(context, arguments[1]), key = secret_bytes(context, arguments[2]);
  const bool given = additional < arguments.size() && !(arguments[additional].type == ArgumentType::none);
  const auto extra = given ? secret_bytes(context, arguments[additional]) : std::string_view{};
  if (!nonce || !key || !extra) return std::nullopt;
  return Cipher{mode, static_cast<int>(arguments[0].integer), *nonce, *key, *extra};
}

bool aes_gcm_dec(Context& context, Arguments arguments, Sample& sample) {
  const auto cipher = cipher_of(context, arguments, CipherMode::gcm, 4);
  const auto tag = secret_bytes(context, arguments[3]);
  return cipher && tag && take(decrypt(*cipher, *tag, sample.text, *context.scratch), sample);
}

// The tag goes into a variable, as Base64 text.
bool aes_gcm_enc(Context& context, Arguments arguments, Sample& sample) {
  const auto cipher = cipher_of(context, arguments, CipherMode::gcm, 4);
  if (!cipher || context.variables == nullptr || arguments[3].type != ArgumentType::variable) return false;
  const auto made = encrypt(*cipher, sample.text, *context.scratch);
  if (!made) return false;
  Sample tag;
  tag.set_string(base64_encode(made->tag, Base64::standard, *context.scratch));
  context.variables->set(arguments[3].variable, tag);
  sample.set_binary(made->bytes);
  return true;
}

bool aes_cbc_dec(Context& context, Arguments arguments, Sample& sample) {
  const auto cipher = cipher_of(context, arguments, CipherMode::cbc, 3);
  return cipher && take(decrypt(*cipher, {}, sample.text, *context.scratch), sample);
}

bool aes_cbc_enc(Context& context, Arguments arguments, Sample& sample) {
  const auto cipher = cipher_of(context, arguments, CipherMode::cbc, 3);
  if (!cipher) return false;
  const auto made = encrypt(*cipher, sample.text, *context.scratch);
  if (made) sample.set_binary(made->bytes);
  return made.has_value();
}

// A number without a name stays one.
bool verify_name(Context& context, Arguments, Sample& sample) {
  const std::string_view name = verify_result_name(sample.integer);
  if (name.empty()) return cast(sample, SampleType::str, *context.scratch);
  sample.set_string(name);
  return true;
}

constexpr ArgumentSignature cbc_arguments = {
    .required = 3,
    .types = {ArgumentType::sint, ArgumentType::str, ArgumentType::str, ArgumentType::str},
    .check = check_aes_cbc};
constexpr ArgumentSignature gcm_arguments = {
    .required = 4,
    .types = {ArgumentType::sint, ArgumentType::str, ArgumentType::str, ArgumentType::str, ArgumentType::str},
    .check = check_aes_gcm};

constexpr ConverterRow on_bytes(std::string_view name, ArgumentSignature arguments, ConvertFunction function,
                                Purity purity, std::string_view text, std::string_view since = {}) {
  return {.name = name,
          .arguments = arguments,
          .in = SampleType::bin,
          .out = SampleType::bin,
          .purity = purity,
          .function = function,
          .since = since,
          .documentation = text};
}

constexpr std::array rows = {
    on_bytes("aes_cbc_dec", cbc_arguments, aes_cbc_dec, Purity::reads_state,
             "AES-CBC decryption; bits 128/192/256, nonce, key (base64 or variable), optional AAD.", "3.4"),
    on_bytes("aes_cbc_enc", cbc_arguments, aes_cbc_enc, Purity::reads_state,
             "AES-CBC encryption, same arguments.", "3.4"),
    on_bytes("aes_gcm_dec", gcm_arguments, aes_gcm_dec, Purity::reads_state,
             "AES-GCM decryption with key, nonce and tag from variables or Base64 texts."),
    on_bytes("aes_gcm_enc", gcm_arguments, aes_gcm_enc, Purity::writes_state,
             "AES-GCM encryption; the 4th argument is a variable receiving the tag (base64).", "3.0"),
    on_bytes("digest", {.required = 1, .types = {ArgumentType::str}, .check = check_digest}, digest_of,
             Purity::pure, "A message digest of the bytes."),
    on_bytes("hmac", {.required = 2, .types = {ArgumentType::str, ArgumentType::str}, .check = check_hmac},
             hmac_of, Purity::reads_state, "A keyed message digest of the bytes."),
    on_bytes("sha1", {}, sha1, Purity::pure, "SHA-1 of the bytes."),
    on_bytes("sha2", {.types = {ArgumentType::sint}, .check = check_sha2}, digest_of, Purity::pure,
             "SHA-2 of the bytes, 256 bits by default."),
    ConverterRow{.name = "x509_v_err_str",
                 .in = SampleType::sint,
                 .out = SampleType::str,
                 .function = verify_name,
                 .since = "2.7",
                 .documentation = "OpenSSL verify code → constant name."},
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows crypto_converters() { return rows; }

}  // namespace shunt::fetchers
