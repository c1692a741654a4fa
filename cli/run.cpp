// Starting a configuration: read it, refuse it with its findings, or hand it to the runtime.
#include <fmt/core.h>

#include <unistd.h>

#include "cli/haproxy_variables.hpp"
#include "cli/verbs.hpp"
#include "cli/verdict.hpp"

namespace shunt::cli {
namespace {

std::string no_listener_line(pid_t pid) {
  return fmt::format(
      "[ALERT]    ({}) : [haproxy.main()] No enabled listener found (check for 'bind' directives) ! "
      "Exiting.\n",
      pid);
}

// A reload judges as the start did, from the environment of the start: what the files then changed in it is
// not where they begin again.
runtime::ReadConfiguration rereading(const Options& options, const graph::LoadOptions& how) {
  return [options, how](pid_t pid) {
    Judged judged = judge(options, how, pid);
    if (judged.verdict == Verdict::no_listener) judged.findings += no_listener_line(pid);
    return runtime::Rereading{.loaded = std::move(judged.loaded),
                              .good = judged.verdict == Verdict::good,
                              .text = std::move(judged.findings)};
  };
}

}  // namespace

int run_configuration(const Options& options) {
  // What runs must be there and be this program's own: assumptions are for checks.
  graph::LoadOptions how = load_options(options);
  how.target = graph::Target::shunt;
  how.assume_files = false;
  how.resolve_names = true;
  set_haproxy_variables({options.files, options.local_peer, options.run.master_worker});
  how.environment = parser::Environment::of_process();
  auto judged = judge_like_haproxy(options, how);
  if (judged.verdict == Verdict::no_listener && !options.run.quiet)
    std::fputs(no_listener_line(getpid()).c_str(), stderr);
  if (judged.verdict != Verdict::good) return 1;
  if (options.run.verbose)
    for (const std::string& flag : options.without_effect)
      fmt::print(stderr, "[NOTICE]   ({}) : flag '{}' has no effect in this build\n", getpid(), flag);
  runtime::RunOptions run = options.run;
  run.read_again = rereading(options, how);
  return runtime::run(std::move(judged.loaded), run);
}

}  // namespace shunt::cli
