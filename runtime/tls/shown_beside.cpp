// Asked by OpenSSL when a client wants them.
#include "runtime/tls/shown_beside.hpp"

#include <ctime>

#include "graph/pki/certificate_store.hpp"
#include "runtime/tls/stapled_answers.hpp"
#include "runtime/tls/tls_facts.hpp"

namespace shunt::runtime {
namespace {

// A response that is out of date is as good as none. Empty: there is none.
std::string_view stapled_for(const TlsFacts& facts, std::time_t now) {
  graph::pki::Certificate const* const shown = facts.shown;
  if (!shown) return {};
  StapledAnswer const* const fetched = facts.stapled ? facts.stapled->find(shown, now) : nullptr;
  if (fetched) return fetched->der;
  return shown->stapled_until < now ? std::string_view() : shown->stapled;
}

int staple(SSL* ssl, void*) {
  std::string_view const response = stapled_for(facts_of(ssl), std::time(nullptr));
  void* const copy = response.empty() ? nullptr : OPENSSL_memdup(response.data(), response.size());
  if (!copy) return SSL_TLSEXT_ERR_NOACK;
  SSL_set_tlsext_status_ocsp_resp(ssl, static_cast<unsigned char*>(copy), static_cast<long>(response.size()));
  return SSL_TLSEXT_ERR_OK;
}

int add_timestamps(SSL* ssl, unsigned, const unsigned char** out, std::size_t* size, int*, void*) {
  graph::pki::Certificate const* const shown = facts_of(ssl).shown;
  if (!shown || shown->timestamps.empty()) return 0;
  *out = reinterpret_cast<const unsigned char*>(shown->timestamps.data());
  *size = shown->timestamps.size();
  return 1;
}

int accept_any(SSL*, unsigned, const unsigned char*, std::size_t, int*, void*) { return 1; }

}  // namespace

void send_stapled(SSL_CTX* context) { SSL_CTX_set_tlsext_status_cb(context, staple); }

bool send_timestamps(SSL_CTX* context) {
  return SSL_CTX_add_server_custom_ext(context, TLSEXT_TYPE_signed_certificate_timestamp, add_timestamps,
                                       nullptr, nullptr, accept_any, nullptr) == 1;
}

}  // namespace shunt::runtime
