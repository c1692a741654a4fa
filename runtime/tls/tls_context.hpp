// The SSL_CTX of one bind line: versions, ciphers, session tickets, and the certificate that a ClientHello
// asks for.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include <openssl/ssl.h>

#include "graph/listener.hpp"
#include "graph/pki/certificate_store.hpp"
#include "parser/result.hpp"

namespace shunt::runtime {

struct TlsContextError {
  std::string message;
};

// Immutable once made; used by all threads. Connections keep the one that they began with.
class TlsContext : public std::enable_shared_from_this<TlsContext> {
 public:
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // With one from `before`, certificates and ticket keys may be others: where nothing else is, the two share
  // their settings, and so sessions of the one are resumed by the other. If all is the same, it is that one.
  [[nodiscard]] static Result<std::shared_ptr<const TlsContext>, TlsContextError> make(
      const graph::TlsBind& bind, const std::shared_ptr<const graph::pki::CertificateStore>& certificates,
      const std::shared_ptr<const TlsContext>& before = nullptr);

  [[nodiscard]] SSL_CTX* get() const;
  [[nodiscard]] const std::vector<std::string>& ticket_keys() const;
  [[nodiscard]] bool takes_early_data() const;  // of clients, for any of its certificates

 private:
  struct Data;
  explicit TlsContext(std::unique_ptr<Data> data);
  [[nodiscard]] static int choose(SSL* ssl, int* alert, void*);
  std::unique_ptr<Data> data_;
};

}  // namespace shunt::runtime
