// Session tickets under keys of a file, so that several processes, and the next one, can open them.
#pragma once
#include <openssl/ssl.h>

#include <string>
#include <vector>

namespace shunt::runtime {

// Of `tls-ticket-keys`: a name of 16 bytes, then an AES-128 and an HMAC key of 16 bytes each; or an HMAC and
// an AES-256 key of 32 each. New tickets are made with the last but one; the others only open older ones, and
// those that the next process makes.
void use_ticket_keys(SSL_CTX* context);

}  // namespace shunt::runtime
