// Findings about valid configurations that probably don't do what was meant; only `--check` shows them.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "graph/config.hpp"
#include "parser/diagnostic.hpp"

namespace shunt::analysis {

struct LintOptions {
  std::int64_t now = 0;                           // seconds since 1970, for certificates
  int language = 305;                             // 206 is that of HAProxy 2.6, which warns of less by itself
  bool read_certificates = false;                 // those that bind lines name
  std::optional<std::uint64_t> descriptors = {};  // that this process may open at most; nothing: not known
};

// In no particular order. `config` as kept by graph::LoadOptions::keep_config, of a file without errors
// beside those that are about this build.
[[nodiscard]] std::vector<parser::Diagnostic> lint(const graph::config::Config& config,
                                                   const parser::SourceSet& sources,
                                                   const LintOptions& options);

}  // namespace shunt::analysis
