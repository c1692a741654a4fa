// Starting a configuration: read it, refuse it with its findings, or hand it to the runtime.
#include <fmt/format.h>

#include <unistd.h>

#include "cli/verbs.hpp"
#include "cli/verdict.hpp"

namespace shunt::cli {
namespace {

void say_no_listener(const Options& options) {
  if (options.run.quiet) return;
  fmt::print(stderr,
             "[ALERT]    ({}) : [haproxy.main()] No enabled listener found (check for 'bind' directives) ! "
             "Exiting.\n",
             getpid());
}

}  // namespace

int run_configuration(const Options& options) {
  // What runs must be there and be this program's own: assumptions are for checks.
  graph::LoadOptions how = load_options(options);
  how.target = graph::Target::shunt;
  how.assume_files = false;
  how.resolve_names = !options.ignore_unresolved;
  auto [loaded, verdict] = judge_like_haproxy(options, how);
  if (verdict == Verdict::no_listener) say_no_listener(options);
  if (verdict != Verdict::good) return 1;
  if (options.run.verbose)
    for (const std::string& flag : options.without_effect)
      fmt::print(stderr, "[NOTICE]   ({}) : flag '{}' has no effect in this build\n", getpid(), flag);
  return runtime::run(std::move(loaded), options.run);
}

}  // namespace shunt::cli
