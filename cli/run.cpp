// Starting a configuration: read it, refuse it with its findings, or hand it to the runtime.
#include <fmt/format.h>

#include <unistd.h>

#include "cli/findings.hpp"
#include "cli/verbs.hpp"

namespace shunt::cli {

int run_configuration(const Options& options) {
  // What runs must be there and be this program's own: assumptions are for checks.
  graph::LoadOptions how = load_options(options);
  how.target = graph::Target::shunt;
  how.assume_files = false;
  how.resolve_names = !options.ignore_unresolved;
  auto loaded = graph::load_files(options.files, how);
  loaded->sink.sort();
  print_like_haproxy(*loaded, options.run.quiet, options.run.verbose);
  const bool refused_for_warning = options.zero_warning && loaded->sink.count(parser::Severity::warning) != 0;
  if (loaded->sink.has_errors() || refused_for_warning || !loaded->graph) return 1;
  if (!loaded->has_listener) {
    fmt::print(
        stderr,
        "[ALERT]    ({}) : [shunt] No enabled listener found (check for 'bind' directives) ! Exiting.\n",
        getpid());
    return 2;
  }
  if (options.run.verbose)
    for (const std::string& flag : options.without_effect)
      fmt::print(stderr, "[NOTICE]   ({}) : flag '{}' has no effect in this build\n", getpid(), flag);
  return runtime::run(std::move(loaded), options.run);
}

}  // namespace shunt::cli
