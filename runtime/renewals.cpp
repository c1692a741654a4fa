// From changed files to TLS contexts, beside the threads that serve.
#include "runtime/renewals.hpp"

#include <sys/socket.h>

#include <utility>

#include "graph/tls_renewal.hpp"
#include "runtime/file_watcher.hpp"
#include "runtime/signals_blocked.hpp"
#include "runtime/tls/outgoing_tls.hpp"
#include "runtime/tls/tls_context.hpp"

namespace shunt::runtime {
namespace {

namespace pki = graph::pki;

bool same_for(const graph::TlsServer& server, const pki::CertificateStore& a,
              const pki::CertificateStore& b) {
  const auto same = [&](std::uint32_t id) {
    return id == graph::none || &a.authorities(id) == &b.authorities(id);
  };
  const bool shown =
      server.certificate == graph::none || a.pointer(server.certificate) == b.pointer(server.certificate);
  return shown && same(server.authorities) && same(server.revocations);
}

}  // namespace

std::shared_ptr<const TlsSet> make_tls_set(const Generation& generation, const TlsSet* before,
                                           std::shared_ptr<const graph::TlsState> state,
                                           std::uint32_t threads, std::string& fault) {
  const graph::Graph& graph = *generation.graph;
  auto made = std::make_shared<TlsSet>();
  made->listeners = before != nullptr ? before->listeners : generation.tls;
  made->servers = before != nullptr ? before->servers : generation.server_tls;
  const pki::CertificateStore& old = before != nullptr ? *before->state->store : *graph.certificates;
  std::shared_ptr<const TlsContext> last;
  std::uint32_t last_line = graph::none;
  for (const graph::Listener& listener : graph.listeners) {
    auto& context = made->listeners[listener.id];
    if (!context || !state->linked(listener.id)) continue;
    if (const std::uint32_t line = state->line_of[listener.id]; line != std::exchange(last_line, line)) {
      auto next = TlsContext::make(*state->linked(listener.id), state->store, context);
      if (!next) return fault = next.error().message, nullptr;
      last = std::move(next).value();
    }
    context = last;
  }
  for (const graph::Server& server : graph.servers) {
    if (!server.tls || same_for(*server.tls, old, *state->store)) continue;
    auto next = OutgoingTls::make(*server.tls, *state->store, threads);
    if (!next) return fault = next.error().message, nullptr;
    made->servers[server.id] = std::move(next).value();
  }
  made->state = std::move(state);
  return made;
}

Renewals::Renewals(UniqueFd watcher, std::shared_ptr<const Generation> generation, WatchedFiles files,
                   std::uint32_t threads, Then then)
    : watcher_(std::move(watcher)),
      generation_(std::move(generation)),
      files_(std::move(files)),
      threads_(threads),
      then_(std::move(then)) {
  const SignalsBlocked blocked;
  thread_ = std::thread([this] { run(); });
}

Renewals::~Renewals() {
  ::shutdown(watcher_.get(), SHUT_RDWR);
  thread_.join();
}

void Renewals::run() {
  using Kind = WatchedChange::Kind;
  std::shared_ptr<const TlsSet> set;
  while (true) {
    WatchedChange change = receive_change(watcher_.get(), files_);
    if (change.kind == Kind::begun) continue;
    // The watcher goes on from there, too.
    files_ = change.outcome.after(std::move(files_));
    auto& [tls, patterns] = change.outcome;
    Renewed renewed{.patterns = std::move(patterns.fresh),
                    .findings = std::move(tls.findings),
                    .fault = std::move(change.text)};
    for (acl::FileFinding& finding : patterns.findings)
      renewed.findings.push_back({finding.refused, std::move(finding.text)});
    if (tls.state) {
      renewed.set = make_tls_set(*generation_, set.get(), std::move(tls.state), threads_, renewed.fault);
      if (renewed.set) set = renewed.set;
    }
    renewed.ended = change.kind == Kind::ended || change.kind == Kind::failed;
    const bool ended = renewed.ended;
    then_(std::move(renewed));
    if (ended) return;
  }
}

}  // namespace shunt::runtime
