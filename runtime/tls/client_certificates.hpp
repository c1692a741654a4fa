// How client certificates are asked for and verified on a bind line.
#pragma once
#include <openssl/ssl.h>

#include <array>

#include "graph/listener.hpp"
#include "graph/pki/certificate_store.hpp"

namespace shunt::runtime {

// The context's ContextOwner names the rules. False: OpenSSL refused something (its error queue says what).
[[nodiscard]] bool verify_clients(SSL_CTX* context, const graph::ClientVerification& rules,
                                  const graph::pki::CertificateStore& certificates);

// For a connection that went over to a context with other rules.
void verify_again(SSL* ssl, const graph::ClientVerification& rules);

// Sessions can be taken up again under the same name only: whoever was judged by other authorities or
// revocations, or not at all, is judged anew, whatever shares the keys of tickets.
using SessionName = std::array<unsigned char, 32>;
[[nodiscard]] SessionName session_name(const graph::ClientVerification& rules,
                                       const graph::pki::CertificateStore& certificates, std::size_t variant);

}  // namespace shunt::runtime
