// What a server sends together with its certificate: a stapled OCSP response, certificate timestamps.
#pragma once
#include <openssl/ssl.h>

namespace shunt::runtime {

// The certificate is the one that the facts of a connection name.
void send_stapled(SSL_CTX* context);
[[nodiscard]] bool send_timestamps(SSL_CTX* context);

}  // namespace shunt::runtime
