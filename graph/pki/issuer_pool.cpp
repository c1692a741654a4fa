// Looking certificates up by their encoded form.
#include "graph/pki/issuer_pool.hpp"

#include <openssl/err.h>

namespace shunt::graph::pki {

IssuerPool::~IssuerPool() {
  for (const auto& [der, certificate] : known_) X509_free(certificate);
}

X509* IssuerPool::get(std::string_view der) {
  const std::scoped_lock lock(mutex_);
  X509*& known = known_[std::string(der)];
  if (known == nullptr) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
    known = d2i_X509(nullptr, &bytes, static_cast<long>(der.size()));
    ERR_clear_error();
    if (known == nullptr) {
      known_.erase(std::string(der));
      return nullptr;
    }
  }
  X509_up_ref(known);
  return known;
}

}  // namespace shunt::graph::pki
