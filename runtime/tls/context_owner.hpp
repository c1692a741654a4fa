// What callbacks of OpenSSL find behind the context of a bind line.
#pragma once
#include <openssl/ssl.h>

#include "graph/listener.hpp"

namespace shunt::runtime {

struct ContextOwner {
  const graph::ClientVerification* client = nullptr;
};

[[nodiscard]] inline const ContextOwner& owner_of(SSL* ssl) {
  return *static_cast<const ContextOwner*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
}

}  // namespace shunt::runtime
