// The TLS part of a configuration while it runs: made anew, without the rest, when files that it names
// change.
#pragma once
#include <ctime>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "graph/config.hpp"
#include "graph/ids.hpp"
#include "graph/listener.hpp"
#include "graph/load.hpp"
#include "graph/pki/certificate_store.hpp"
#include "graph/pki/store_renewal.hpp"

namespace shunt::graph {

struct ServerChecks;  // graph/server_checks.hpp

// What the files said, and what came of it: enough to read their certificates once more. Immutable.
struct TlsState {
  struct Line {
    config::Bind bind;
    std::string owner;              // "frontend 'web'"
    std::optional<TlsBind> linked;  // of a line with `ssl`
  };

  Target target = Target::shunt;
  std::time_t read_at = 0;
  config::TlsDefaults defaults = {};
  config::Maybe<std::string> ca_base = {}, crt_base = {};
  config::Maybe<std::uint32_t> bufsize = {}, maxrewrite = {};
  std::vector<config::CertificateShelf> shelves = {};
  std::vector<Line> lines = {};
  std::vector<std::uint32_t> line_of = {};        // by ListenerId
  std::set<std::uint32_t> shown_to_servers = {};  // ids of certificates
  std::shared_ptr<const pki::CertificateStore> store = {};
  // Rides along: of the rest of the files, what only the main thread needs while the configuration runs.
  std::shared_ptr<const ServerChecks> checks = {};

  [[nodiscard]] const std::optional<TlsBind>& linked(ListenerId listener) const {
    return lines[line_of[listener]].linked;
  }
};

struct RenewalOutcome {
  std::shared_ptr<const TlsState> state = {};  // null: it stays as it was
  std::vector<pki::RenewalFinding> findings = {};
};

// When OCSP responses are fetched again, in seconds.
struct FetchingDelays {
  std::uint32_t shortest = 300, longest = 3600;
};
[[nodiscard]] FetchingDelays fetching_delays(const config::ResponseFetching& fetching);

// A certificate in use for which responses are to be fetched.
struct Fetched {
  std::shared_ptr<const pki::Certificate> certificate;
  std::shared_ptr<X509> issuer;  // null: it is not known
};
[[nodiscard]] std::vector<Fetched> fetched_certificates(const TlsState& state);

// `changed`: of watched_places(). What is bad stays as it was, and is told.
[[nodiscard]] RenewalOutcome renew(const TlsState& before, const std::set<std::string>& changed,
                                   std::time_t now);
// Files, whether they exist or not, and directories.
[[nodiscard]] std::set<std::string> watched_places(const TlsState& state);

// Sentences about certificates in use that expire soon.
[[nodiscard]] std::vector<std::string> expiry_warnings(const TlsState& state, std::time_t now);

}  // namespace shunt::graph
