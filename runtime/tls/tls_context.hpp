// The SSL_CTX of one bind line: versions, ciphers, session tickets, and the certificate that a ClientHello
// asks for.
#pragma once
#include <memory>
#include <string>

#include "graph/graph.hpp"
#include "graph/pki/certificate_store.hpp"
#include "parser/result.hpp"

namespace shunt::runtime {

struct TlsContextError {
  std::string message;
};

// Immutable once made; used by all threads.
class TlsContext {
 public:
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // `certificates` must outlive the context (the graph holds both).
  [[nodiscard]] static Result<std::shared_ptr<const TlsContext>, TlsContextError> make(
      const graph::TlsBind& bind, std::shared_ptr<const graph::pki::CertificateStore> certificates);

  [[nodiscard]] SSL_CTX* get() const;
  [[nodiscard]] bool takes_early_data() const;  // of clients, for any of its certificates

 private:
  struct Data;
  explicit TlsContext(std::unique_ptr<Data> data);
  std::unique_ptr<Data> data_;
};

}  // namespace shunt::runtime
