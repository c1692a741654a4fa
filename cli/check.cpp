// `-c` for scripts and `--check` for people: does this configuration load?
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "analysis/lint.hpp"
#include "cli/findings.hpp"
#include "cli/verbs.hpp"

namespace shunt::cli {
namespace {

// HAProxy prints the verdict on stdout, the findings on stderr.
int verdict(const graph::Loaded& loaded, const Options& options) {
  const bool warned = loaded.sink.count(parser::Severity::warning) != 0;
  if (loaded.sink.has_errors() || (options.zero_warning && warned)) return 1;
  if (!loaded.has_listener) {
    if (!options.run.quiet)
      fmt::print("Configuration file has no error but will not start (no listener) => exit(2).\n");
    return 2;
  }
  if (options.run.quiet) return 0;
  if (warned) fmt::print("Warnings were found.\n");
  fmt::print("Configuration file is valid\n");
  return 0;
}

}  // namespace

int check_like_haproxy(const Options& options) {
  const auto loaded = graph::load_files(options.files, load_options(options));
  loaded->sink.sort();
  print_like_haproxy(*loaded, options.run.quiet, options.run.verbose);
  return verdict(*loaded, options);
}

int check_for_people(const Words& words) {
  if (words.empty()) {
    fmt::print(stderr, "usage: shunt --check <file|dir>...\n");
    return 1;
  }
  const auto loaded = graph::load_files({words.begin(), words.end()}, {});
  if (loaded->graph)
    for (parser::Diagnostic& finding : analysis::lint(*loaded->graph))
      loaded->sink.report(finding.severity, *finding.code, finding.span, std::move(finding.message)).notes =
          std::move(finding.notes);
  loaded->sink.sort();
  print_for_people(*loaded, loaded->sink.all(), stdout);
  return loaded->sink.has_errors() ? 1 : 0;
}

}  // namespace shunt::cli
