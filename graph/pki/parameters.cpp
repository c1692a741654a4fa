// Reading, choosing and judging Diffie-Hellman parameters.
#include "graph/pki/parameters.hpp"

#include <openssl/dh.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>

#include "graph/pki/pem_file.hpp"

namespace shunt::graph::pki {
namespace {

using ContextPtr = std::unique_ptr<SSL_CTX, Release<SSL_CTX_free>>;
using KeyContextPtr = std::unique_ptr<EVP_PKEY_CTX, Release<EVP_PKEY_CTX_free>>;

// RFC 7919.
KeyPtr make_group(const char* name) {
  EVP_PKEY* made = nullptr;
  const KeyContextPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "DH", nullptr));
  if (!context || EVP_PKEY_paramgen_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_group_name(context.get(), name) != 1 || EVP_PKEY_paramgen(context.get(), &made) != 1)
    ERR_clear_error();
  return KeyPtr(made);
}

}  // namespace

// Other objects of the file are passed over; parameters of curves and of X9.42 are of no use here [seen].
KeyPtr read_parameters(const std::string& path) {
  const BioPtr file = open_file(path);
  KeyPtr found;
  while (file && (found = KeyPtr(PEM_read_bio_Parameters(file.get(), nullptr)))) {
    if (EVP_PKEY_get_base_id(found.get()) == EVP_PKEY_DH) break;
  }
  ERR_clear_error();
  return found;
}

unsigned known_parameters_size(const EVP_PKEY& key, unsigned most_bits) {
  constexpr unsigned usual = 2048, larger = 4096;  // `usual`: for keys whose sizes mean something else
  const bool comparable = EVP_PKEY_get_base_id(&key) == EVP_PKEY_RSA;
  const auto key_bits = comparable ? static_cast<unsigned>(std::max(EVP_PKEY_get_bits(&key), 0)) : usual;
  const unsigned bits = std::min(key_bits, most_bits);
  return bits >= larger ? larger : bits >= usual ? usual : 0;
}

KeyPtr known_parameters(unsigned bits) {
  if (bits >= 4096) return make_group("ffdhe4096");
  return bits >= 2048 ? make_group("ffdhe2048") : nullptr;
}

bool strong_enough(const EVP_PKEY& parameters) {
  const ContextPtr context(SSL_CTX_new(TLS_server_method()));
  auto* const own = const_cast<EVP_PKEY*>(&parameters);  // only its count of owners changes
  EVP_PKEY_up_ref(own);
  if (SSL_CTX_set0_tmp_dh_pkey(context.get(), own) == 1) return true;
  EVP_PKEY_free(own);
  ERR_clear_error();
  return false;
}

}  // namespace shunt::graph::pki
