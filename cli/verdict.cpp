// What speaks against starting: errors, warnings where they are not tolerated, nothing to listen on.
#include "cli/verdict.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include "cli/findings.hpp"

namespace shunt::cli {
namespace {

constexpr parser::Code unused_flag{.name = "unused-flag",
                                   .severity = parser::Severity::warning,
                                   .summary = "A flag of the command line has no effect without another one.",
                                   .remedy = "Add the flag that the message names, or remove this one."};

void judge_flags(const Options& options, parser::DiagnosticSink& sink) {
  if (options.master_socket && !options.run.master_worker)
    sink.report(unused_flag, {}, "-S names a socket of the master process, but there is none without -W");
}

Verdict verdict_of(const graph::Loaded& loaded, const Options& options) {
  if (loaded.sink.has_errors()) return Verdict::faulty;
  const bool strict = options.zero_warning || loaded.zero_warning;
  if (strict && loaded.sink.count(parser::Severity::warning) != 0) return Verdict::refused_for_warnings;
  // HAProxy's master has listeners of its own, and 3.5 checks a file without any as it checks others.
  const bool may_lack = options.run.master_worker || options.target == graph::Target::haproxy_3_5;
  return loaded.has_listener || may_lack ? Verdict::good : Verdict::no_listener;
}

}  // namespace

Judged judge(const Options& options, const graph::LoadOptions& how, pid_t pid) {
  Judged judged{.loaded = graph::load_files(options.files, how)};
  judge_flags(options, judged.loaded->sink);
  judged.loaded->sink.sort();
  judged.findings = findings_like_haproxy(*judged.loaded, options.run.verbose, pid);
  judged.verdict = verdict_of(*judged.loaded, options);
  if (judged.verdict == Verdict::refused_for_warnings)
    judged.findings += fmt::format(
        "[ALERT]    ({}) : config : Some warnings were found and 'zero-warning' is set. Aborting.\n", pid);
  return judged;
}

Judged judge_like_haproxy(const Options& options, const graph::LoadOptions& how) {
  graph::LoadOptions first = how;
  first.sets_up_library = true;
  Judged judged = judge(options, first, getpid());
  if (!options.run.quiet) std::fputs(judged.findings.c_str(), stderr);
  return judged;
}

}  // namespace shunt::cli
