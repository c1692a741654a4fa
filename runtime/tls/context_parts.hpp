// What contexts for clients and contexts for servers are made of alike.
#pragma once
#include <openssl/ssl.h>

#include <memory>
#include <string_view>

#include "graph/pki/certificate_store.hpp"
#include "runtime/tls/tls_context.hpp"

namespace shunt::runtime {

struct FreeContext {
  void operator()(SSL_CTX* unused) const { SSL_CTX_free(unused); }
};
using ContextPtr = std::unique_ptr<SSL_CTX, FreeContext>;

struct FreeChain {
  void operator()(STACK_OF(X509) * chain) const { sk_X509_free(chain); }
};
using ChainPtr = std::unique_ptr<STACK_OF(X509), FreeChain>;

// Borrows the certificates.
[[nodiscard]] ChainPtr chain_of(const graph::pki::Certificate& certificate);
// "TLSv1.2" as OpenSSL's number.
[[nodiscard]] int version_of(std::string_view name, int fallback);
// The first reason in OpenSSL's queue, behind `what`; the queue is emptied.
[[nodiscard]] TlsContextError library_error(std::string_view what);
// Certificates and revocation lists of a file; one that is named twice is not an error.
void add_authorities(X509_STORE* store, const graph::pki::Authorities& authorities);
// One line of the key log goes to the facts of its connection.
void keep_secret(const SSL* ssl, const char* line);

}  // namespace shunt::runtime
