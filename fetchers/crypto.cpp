// The only place of this room that knows libcrypto.
#include "fetchers/crypto.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "fetchers/argument_checks.hpp"
#include "parser/outside.hpp"

namespace shunt::fetchers {
namespace {

template <auto function>
struct Free {
  template <class Type>
  void operator()(Type* object) const {
    function(object);
  }
};
using MdContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Free<EVP_CIPHER_CTX_free>>;
using KeyPointer = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using CertificatePointer = std::unique_ptr<X509, Free<X509_free>>;
using FilePointer = std::unique_ptr<BIO, Free<BIO_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using NumberPointer = std::unique_ptr<BIGNUM, Free<BN_free>>;
using BuilderPointer = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using ParametersPointer = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;
using SignaturePointer = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;

// What libcrypto noted of a failure would be found by whoever asks next.
struct ErrorsForgotten {
  ErrorsForgotten() { ERR_set_mark(); }
  ErrorsForgotten(const ErrorsForgotten&) = delete;
  ErrorsForgotten& operator=(const ErrorsForgotten&) = delete;
  ~ErrorsForgotten() { ERR_pop_to_mark(); }
};

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::span<char> room) { return reinterpret_cast<unsigned char*>(room.data()); }
const EVP_MD* md(Digest algorithm) { return static_cast<const EVP_MD*>(algorithm); }

const EVP_CIPHER* kind_of(const Cipher& cipher) {
  const bool gcm = cipher.mode == CipherMode::gcm;
  switch (cipher.bits) {
    case 128: return gcm ? EVP_aes_128_gcm() : EVP_aes_128_cbc();
    case 192: return gcm ? EVP_aes_192_gcm() : EVP_aes_192_cbc();
    default: return gcm ? EVP_aes_256_gcm() : EVP_aes_256_cbc();
  }
}

// Sizes that libcrypto would read past.
bool sizes_fit(const Cipher& cipher) {
  constexpr std::size_t block = 16;
  return cipher.key.size() * 8 == static_cast<std::size_t>(cipher.bits) &&
         (cipher.mode == CipherMode::gcm ? !cipher.nonce.empty() : cipher.nonce.size() == block);
}

bool begin(EVP_CIPHER_CTX* context, const Cipher& cipher, int direction) {
  if (EVP_CipherInit_ex(context, kind_of(cipher), nullptr, nullptr, nullptr, direction) != 1) return false;
  if (cipher.mode == CipherMode::gcm &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_IVLEN, static_cast<int>(cipher.nonce.size()), nullptr) !=
          1)
    return false;
  if (EVP_CipherInit_ex(context, nullptr, nullptr, bytes_of(cipher.key), bytes_of(cipher.nonce), direction) !=
      1)
    return false;
  int ignored = 0;
  return cipher.mode != CipherMode::gcm || cipher.additional.empty() ||
         EVP_CipherUpdate(context, nullptr, &ignored, bytes_of(cipher.additional),
                          static_cast<int>(cipher.additional.size())) == 1;
}

std::optional<std::string_view> update(EVP_CIPHER_CTX* context, std::string_view bytes, Scratch& scratch) {
  const std::span<char> room = scratch.allocate(bytes.size() + std::size_t{2} * EVP_MAX_BLOCK_LENGTH);
  int first = 0, last = 0;
  if (EVP_CipherUpdate(context, bytes_of(room), &first, bytes_of(bytes), static_cast<int>(bytes.size())) !=
          1 ||
      EVP_CipherFinal_ex(context, bytes_of(room) + first, &last) != 1)
    return std::nullopt;
  return std::string_view(room.data(), static_cast<std::size_t>(first + last));
}

constexpr std::size_t tag_size = 16;

// Both numbers have half of the bytes; OpenSSL wants them as ASN.1.
std::string as_asn1(std::string_view signature) {
  const std::size_t half = signature.size() / 2;
  const SignaturePointer pair(ECDSA_SIG_new());
  BIGNUM* first = BN_bin2bn(bytes_of(signature), static_cast<int>(half), nullptr);
  BIGNUM* second = BN_bin2bn(bytes_of(signature.substr(half)), static_cast<int>(half), nullptr);
  ECDSA_SIG_set0(pair.get(), first, second);
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  std::string text(reinterpret_cast<const char*>(der), size > 0 ? static_cast<std::size_t>(size) : 0);
  OPENSSL_free(der);
  return text;
}

NumberPointer number_of(std::string_view bytes) {
  return NumberPointer(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

KeyPointer key_of(const RsaNumbers& numbers) {
  const auto modulus = number_of(numbers.modulus), public_exponent = number_of(numbers.public_exponent),
             private_exponent = number_of(numbers.private_exponent);
  const BuilderPointer builder(OSSL_PARAM_BLD_new());
  if (OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, public_exponent.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_D, private_exponent.get()) != 1)
    return nullptr;
  const ParametersPointer parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, parameters.get()) != 1)
    return nullptr;
  return KeyPointer(key);
}

}  // namespace

class PublicKey {
 public:
  explicit PublicKey(KeyPointer key) : key_(std::move(key)) {}
  [[nodiscard]] EVP_PKEY* get() const { return key_.get(); }

 private:
  KeyPointer key_;
};

bool is_digest(const std::string& name) { return find_digest(name) != nullptr; }

Digest find_digest(const std::string& name) { return EVP_get_digestbyname(name.c_str()); }

std::optional<std::string_view> digest(Digest algorithm, std::string_view bytes, Scratch& scratch) {
  const ErrorsForgotten errors;
  const MdContext context(EVP_MD_CTX_new());
  const std::span<char> room = scratch.allocate(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  if (!context || EVP_DigestInit_ex(context.get(), md(algorithm), nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), bytes_of(room), &size) != 1)
    return std::nullopt;
  return std::string_view(room.data(), size);
}

std::optional<std::string_view> hmac(Digest algorithm, std::string_view key, std::string_view bytes,
                                     Scratch& scratch) {
  const ErrorsForgotten errors;
  const std::span<char> room = scratch.allocate(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  const auto* key_bytes = key.empty() ? bytes_of(std::string_view("")) : bytes_of(key);
  if (HMAC(md(algorithm), key_bytes, static_cast<int>(key.size()), bytes_of(bytes), bytes.size(),
           bytes_of(room), &size) == nullptr)
    return std::nullopt;
  return std::string_view(room.data(), size);
}

std::optional<std::string_view> decrypt(const Cipher& cipher, std::string_view tag, std::string_view bytes,
                                        Scratch& scratch) {
  const ErrorsForgotten errors;
  const CipherContext context(EVP_CIPHER_CTX_new());
  if (!context || !sizes_fit(cipher) || !begin(context.get(), cipher, 0)) return std::nullopt;
  if (cipher.mode == CipherMode::gcm) {
    // libcrypto takes the tag as something that it could write to.
    const std::span<char> copy = scratch.allocate(tag.size());
    std::copy(tag.begin(), tag.end(), copy.begin());
    if (EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag.size()), copy.data()) !=
        1)
      return std::nullopt;
  }
  return update(context.get(), bytes, scratch);
}

std::optional<Encrypted> encrypt(const Cipher& cipher, std::string_view bytes, Scratch& scratch) {
  const ErrorsForgotten errors;
  const CipherContext context(EVP_CIPHER_CTX_new());
  if (!context || !sizes_fit(cipher) || !begin(context.get(), cipher, 1)) return std::nullopt;
  const auto made = update(context.get(), bytes, scratch);
  if (!made) return std::nullopt;
  if (cipher.mode == CipherMode::cbc) return Encrypted{*made, {}};
  const std::span<char> tag = scratch.allocate(tag_size);
  if (EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_size, tag.data()) != 1)
    return std::nullopt;
  return Encrypted{*made, {tag.data(), tag.size()}};
}

std::optional<std::string_view> unwrap_key(int bits, std::string_view key, std::string_view bytes,
                                           Scratch& scratch) {
  const ErrorsForgotten errors;
  constexpr std::size_t unit = 8;
  if (key.size() * 8 != static_cast<std::size_t>(bits) || bytes.size() < 3 * unit || bytes.size() % unit != 0)
    return std::nullopt;
  const CipherContext context(EVP_CIPHER_CTX_new());
  const EVP_CIPHER* kind = bits == 128   ? EVP_aes_128_wrap()
                           : bits == 192 ? EVP_aes_192_wrap()
                                         : EVP_aes_256_wrap();
  if (!context) return std::nullopt;
  EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  if (EVP_CipherInit_ex(context.get(), kind, nullptr, bytes_of(key), nullptr, 0) != 1) return std::nullopt;
  return update(context.get(), bytes, scratch);
}

std::optional<std::string_view> rsa_decrypt(const RsaNumbers& numbers, const char* digest_name,
                                            std::string_view bytes, Scratch& scratch) {
  const ErrorsForgotten errors;
  const KeyPointer key = key_of(numbers);
  const KeyContext context(key ? EVP_PKEY_CTX_new(key.get(), nullptr) : nullptr);
  const EVP_MD* algorithm = EVP_get_digestbyname(digest_name);
  std::size_t size = 0;
  if (!context || EVP_PKEY_decrypt_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) != 1 ||
      EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), algorithm) != 1 ||
      EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), algorithm) != 1 ||
      EVP_PKEY_decrypt(context.get(), nullptr, &size, bytes_of(bytes), bytes.size()) != 1)
    return std::nullopt;
  const std::span<char> room = scratch.allocate(size);
  if (EVP_PKEY_decrypt(context.get(), bytes_of(room), &size, bytes_of(bytes), bytes.size()) != 1)
    return std::nullopt;
  return std::string_view(room.data(), size);
}

std::shared_ptr<const PublicKey> load_public_key(const std::string& path) {
  const ErrorsForgotten errors;
  if (parser::path_kind(path) != parser::PathKind::file) return nullptr;
  const auto bytes = parser::read_file(path);
  if (!bytes) return nullptr;
  const std::string& text = bytes.assume_value();
  const FilePointer file(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  KeyPointer key(PEM_read_bio_PUBKEY(file.get(), nullptr, nullptr, nullptr));
  if (!key) {
    const FilePointer again(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    const CertificatePointer certificate(PEM_read_bio_X509(again.get(), nullptr, nullptr, nullptr));
    if (certificate) key.reset(X509_get_pubkey(certificate.get()));
  }
  return key ? std::make_shared<const PublicKey>(std::move(key)) : nullptr;
}

bool verify(const PublicKey& key, Digest algorithm, Padding padding, std::string_view bytes,
            std::string_view signature) {
  const ErrorsForgotten errors;
  const bool curve = padding == Padding::none;
  if (EVP_PKEY_base_id(key.get()) != (curve ? EVP_PKEY_EC : EVP_PKEY_RSA)) return false;
  const auto width = static_cast<std::size_t>((EVP_PKEY_bits(key.get()) + 7) / 8);
  if (curve && signature.size() != 2 * width) return false;
  const std::string converted = curve ? as_asn1(signature) : std::string();
  const std::string_view given = curve ? std::string_view(converted) : signature;
  const MdContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;
  if (!context || EVP_DigestVerifyInit(context.get(), &key_context, md(algorithm), nullptr, key.get()) != 1)
    return false;
  if (padding == Padding::pss && (EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING) != 1 ||
                                  EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, RSA_PSS_SALTLEN_DIGEST) != 1))
    return false;
  return EVP_DigestVerify(context.get(), bytes_of(given), given.size(), bytes_of(bytes), bytes.size()) == 1;
}

bool equal_secrets(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace shunt::fetchers
