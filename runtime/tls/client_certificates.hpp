// How client certificates are asked for and verified on a bind line.
#pragma once
#include <openssl/ssl.h>

#include "graph/graph.hpp"
#include "graph/pki/certificate_store.hpp"

namespace shunt::runtime {

// `rules` must outlive the context. False: OpenSSL refused something (its error queue says what).
[[nodiscard]] bool verify_clients(SSL_CTX* context, const graph::ClientVerification& rules,
                                  const graph::pki::CertificateStore& certificates);

}  // namespace shunt::runtime
