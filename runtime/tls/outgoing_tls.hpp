// The SSL_CTX for connections to one server: what is offered and shown, and how the server is verified.
#pragma once
#include <memory>
#include <vector>

#include "graph/graph.hpp"
#include "graph/pki/certificate_store.hpp"
#include "parser/result.hpp"
#include "runtime/tls/kept_session.hpp"
#include "runtime/tls/tls_context.hpp"

namespace shunt::runtime {

// Immutable once made and used by all threads, but for the session that each thread keeps for itself.
class OutgoingTls : public std::enable_shared_from_this<OutgoingTls> {
 public:
  // `settings` and `certificates` must outlive it (the graph holds both). `threads`: numbered from 0.
  [[nodiscard]] static Result<std::shared_ptr<const OutgoingTls>, TlsContextError> make(
      const graph::TlsServer& settings, const graph::pki::CertificateStore& certificates,
      std::uint32_t threads);

  [[nodiscard]] SSL_CTX* get() const { return context_.get(); }
  [[nodiscard]] const graph::TlsServer& settings() const { return settings_; }
  // null: nothing is kept.
  [[nodiscard]] KeptSession* kept_by(std::uint32_t thread) const {
    return settings_.reuse && thread < kept_.size() ? &kept_[thread] : nullptr;
  }

 private:
  struct Free {
    void operator()(SSL_CTX* unused) const { SSL_CTX_free(unused); }
  };
  OutgoingTls(const graph::TlsServer& settings, std::uint32_t threads)
      : settings_(settings), kept_(threads) {}

  const graph::TlsServer& settings_;
  std::unique_ptr<SSL_CTX, Free> context_;
  mutable std::vector<KeptSession> kept_;
};

// By ServerId; null where a server has no TLS. The fault names its server.
struct ServerTlsError {
  graph::ServerId server = 0;
  std::string message;
};
[[nodiscard]] Result<std::vector<std::shared_ptr<const OutgoingTls>>, ServerTlsError> make_outgoing_tls(
    const graph::Graph& graph, std::uint32_t threads);

}  // namespace shunt::runtime
