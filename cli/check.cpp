// `-c` for scripts and `--check` for people: does this configuration load?
#include <fmt/core.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <optional>

#include "analysis/lint.hpp"
#include "analysis/report.hpp"
#include "analysis/suppressions.hpp"
#include "cli/check_options.hpp"
#include "cli/findings.hpp"
#include "cli/haproxy_variables.hpp"
#include "cli/verbs.hpp"
#include "cli/verdict.hpp"
#include "graph/facts.hpp"

namespace shunt::cli {
namespace {

// On stdout, unlike the findings.
void print_verdict(const Judged& judged) {
  if (judged.loaded->sink.count(parser::Severity::warning) != 0) fmt::print("Warnings were found.\n");
  if (judged.verdict == Verdict::good)
    fmt::print("Configuration file is valid\n");
  else
    fmt::print("Configuration file has no error but will not start (no listener) => exit(2).\n");
}

}  // namespace

int check_like_haproxy(const Options& options) {
  set_haproxy_variables({options.files, options.local_peer, options.run.master_worker});
  const Judged judged = judge_like_haproxy(options, load_options(options));
  const bool starts = judged.verdict == Verdict::good;
  if (!starts && judged.verdict != Verdict::no_listener) return 1;
  if (!options.run.quiet) print_verdict(judged);
  return starts ? 0 : 2;
}

namespace {

// How many descriptors a process may ask for; nothing without a limit.
std::optional<std::uint64_t> descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max == RLIM_INFINITY) return std::nullopt;
  return limit.rlim_max;
}

analysis::LintOptions lint_options(const graph::LoadOptions& load) {
  analysis::LintOptions options{.now = std::time(nullptr), .language = graph::language_of(load.target)};
  if (load.assume_files) return options;  // another machine's file
  options.read_certificates = true;
  options.descriptors = descriptor_limit();
  return options;
}

// A file that can't be read as it is meant is no ground for more than its errors.
bool is_readable(const graph::Loaded& loaded) {
  return loaded.config && std::ranges::none_of(loaded.sink.all(), [](const parser::Diagnostic& finding) {
           return finding.severity == parser::Severity::error && !finding.code->about_build;
         });
}

}  // namespace

std::vector<parser::Diagnostic> findings_of(const graph::Loaded& loaded, const graph::LoadOptions& load) {
  parser::DiagnosticSink all = loaded.sink;
  if (is_readable(loaded))
    for (parser::Diagnostic& finding : analysis::lint(*loaded.config, loaded.sources, lint_options(load)))
      all.report(finding.severity, *finding.code, finding.span, std::move(finding.message)).notes =
          std::move(finding.notes);
  all.sort();
  std::vector<parser::Diagnostic> findings = all.all();
  analysis::suppress(findings, loaded.sources);
  return findings;
}

namespace {

void print_report(const graph::Loaded& loaded, const std::vector<parser::Diagnostic>& findings,
                  ReportFormat format) {
  switch (format) {
    case ReportFormat::text: return print_for_people(loaded, findings, stdout);
    case ReportFormat::json: return fmt::print("{}", analysis::json_report(findings, loaded.sources));
    case ReportFormat::sarif: return fmt::print("{}", analysis::sarif_report(findings, loaded.sources));
    case ReportFormat::github: return fmt::print("{}", analysis::github_report(findings, loaded.sources));
  }
}

}  // namespace

int check_for_people(const Words& words) {
  const auto options = parse_check_options(words);
  if (!options || options.assume_value().files.empty()) {
    if (!options) fmt::print(stderr, "shunt check: {}\n", options.assume_error());
    fmt::print(stderr, "{}", check_usage());
    return 1;
  }
  CheckOptions given = options.assume_value();
  given.load.keep_config = true;
  set_haproxy_variables({.files = given.files});
  const auto loaded = graph::load_files(given.files, given.load);
  const auto findings = findings_of(*loaded, given.load);
  print_report(*loaded, findings, given.format);
  const bool failed =
      std::ranges::any_of(findings, [&](const auto& finding) { return finding.severity >= given.fail_on; });
  return failed ? 1 : 0;
}

// Exit status: 0 when it holds, 1 when it doesn't, 2 when it can't be read.
int evaluate_condition(const Options& options) {
  const auto environment = parser::Environment::of_process();
  const auto value = parser::evaluate_condition(*options.condition,
                                                graph::directive_facts(options.target, false), environment);
  if (value) return value.assume_value() ? 0 : 1;
  if (!options.run.quiet)
    fmt::print(stderr, "[ALERT]    ({}) : config : Failed to evaluate condition: {}\n", getpid(),
               value.assume_error().message);
  return 2;
}

}  // namespace shunt::cli
