// What OpenSSL asks for each ticket: which key, which cipher, which digest.
#include "runtime/tls/ticket_keys.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "runtime/tls/tls_context.hpp"
#include "runtime/tls/tls_facts.hpp"

namespace shunt::runtime {
namespace {

constexpr std::size_t name_size = 16;

struct Key {
  std::string_view name, cipher, digest;
};

Key key_of(std::string_view bytes) {
  constexpr std::size_t short_key = 16, long_key = 32;
  bool const old = bytes.size() == name_size + 2 * short_key;
  std::string_view const first = bytes.substr(name_size, old ? short_key : long_key);
  std::string_view const second = bytes.substr(name_size + first.size());
  return old ? Key{bytes.substr(0, name_size), first, second}
             : Key{bytes.substr(0, name_size), second, first};
}

const unsigned char* raw(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

bool set_digest(EVP_MAC_CTX* mac, std::string_view key) {
  std::string secret(key);
  std::string digest = "SHA256";
  std::array const parameters = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, secret.data(), key.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0), OSSL_PARAM_construct_end()};
  return EVP_MAC_CTX_set_params(mac, parameters.data()) == 1;
}

const EVP_CIPHER* cipher_of(const Key& key) {
  return key.cipher.size() == 16 ? EVP_aes_128_cbc() : EVP_aes_256_cbc();
}

int seal(const Key& key, unsigned char* name, unsigned char* vector, EVP_CIPHER_CTX* cipher,
         EVP_MAC_CTX* mac) {
  if (RAND_bytes(vector, EVP_CIPHER_get_iv_length(cipher_of(key))) != 1) return -1;
  std::ranges::copy(key.name, name);
  bool const ready = EVP_EncryptInit_ex(cipher, cipher_of(key), nullptr, raw(key.cipher), vector) == 1 &&
                     set_digest(mac, key.digest);
  return ready ? 1 : -1;
}

// 2: it can be opened, and the client gets a newer one.
int open(const std::vector<std::string>& keys, std::string_view name, const unsigned char* vector,
         EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) {
  auto const found = std::ranges::find_if(keys, [&](std::string_view key) { return key.starts_with(name); });
  if (found == keys.end()) return 0;
  Key const key = key_of(*found);
  bool const ready = set_digest(mac, key.digest) &&
                     EVP_DecryptInit_ex(cipher, cipher_of(key), nullptr, raw(key.cipher), vector) == 1;
  if (!ready) return -1;
  return &*found == &keys[keys.size() - 2] ? 1 : 2;
}

int ticket_key(SSL* ssl, unsigned char* name, unsigned char* vector, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
               int sealing) {
  std::vector<std::string> const& keys = facts_of(ssl).accepted->ticket_keys();
  if (sealing == 1) return seal(key_of(keys[keys.size() - 2]), name, vector, cipher, mac);
  return open(keys, {reinterpret_cast<const char*>(name), name_size}, vector, cipher, mac);
}

}  // namespace

void use_ticket_keys(SSL_CTX* context) { SSL_CTX_set_tlsext_ticket_key_evp_cb(context, ticket_key); }

}  // namespace shunt::runtime
