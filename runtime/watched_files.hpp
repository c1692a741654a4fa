// What the files said that are watched while the process runs, and what changed in it.
#pragma once
#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "acl/file_sets.hpp"
#include "graph/load.hpp"
#include "graph/tls_renewal.hpp"

namespace shunt::runtime {

enum class Watching : std::uint8_t { nothing, certificates, patterns_too };

struct WatchedFiles {
  std::shared_ptr<const graph::TlsState> tls = {};
  std::shared_ptr<const acl::FileSets> patterns = {};  // null: files of patterns and maps are not watched

  WatchedFiles() = default;
  WatchedFiles(std::shared_ptr<const graph::TlsState> tls_state, const graph::Graph& graph,
               bool with_patterns)
      : tls(std::move(tls_state)) {
    if (with_patterns) patterns = std::make_shared<const acl::FileSets>(acl::file_sets(graph.program));
  }
  [[nodiscard]] std::set<std::string> places() const {
    std::set<std::string> all = graph::watched_places(*tls);
    if (patterns) all.merge(acl::file_places(*patterns));
    return all;
  }
};

struct WatchedOutcome {
  graph::RenewalOutcome tls = {};
  acl::FileRenewal patterns = {};

  [[nodiscard]] bool any() const { return tls.state || !tls.findings.empty() || !patterns.findings.empty(); }
  // The files as they are from now on.
  [[nodiscard]] WatchedFiles after(WatchedFiles files) const {
    if (tls.state) files.tls = tls.state;
    if (!patterns.fresh.empty())
      files.patterns = std::make_shared<const acl::FileSets>(acl::with(*files.patterns, patterns.fresh));
    return files;
  }
};

// Asks parser::outside() for what the changed files hold now.
[[nodiscard]] inline WatchedOutcome renew(const WatchedFiles& files, const std::set<std::string>& changed,
                                          std::time_t now) {
  WatchedOutcome outcome{.tls = graph::renew(*files.tls, changed, now)};
  if (files.patterns) outcome.patterns = acl::renew_files(*files.patterns, changed);
  return outcome;
}

}  // namespace shunt::runtime
