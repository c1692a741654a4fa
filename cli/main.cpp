// The `shunt` command: a verb, or HAProxy's flags.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "analysis/registered.hpp"
#include "cli/verbs.hpp"

namespace shunt::cli {
namespace {

struct VerbRow {
  std::string_view name;
  int (*run)(const Words& words);
};

constexpr auto verbs = std::to_array<VerbRow>({
    {"--check", check_for_people},
    {"check", check_for_people},
    {"dump", dump_stage},
    {"eval", evaluate_typed},
    {"explain", explain_connection},
    {"diff", diff_files},
    {"test", test_routing},
    {"fmt", format_files},
    {"graph", draw_graph},
    {"keywords", explain_keywords},
    {"codes", explain_codes},
    {"completion", print_completion},
    {"demo-backend", demo_backend},
    {"--help", [](const Words&) { return std::fputs(usage().c_str(), stdout) < 0 ? 1 : 0; }},
    {"--version", [](const Words&) { return print_version(1); }},
});

int refuse(const std::string& message) {
  std::fprintf(stderr, "shunt: %s\n%s", message.c_str(), usage().c_str());
  return 1;
}

// As with HAProxy, the rest of the command line is done afterwards.
bool list_keywords(const Options& options) {
  const auto text = analysis::registered_keywords(options.keyword_classes, options.target);
  return text && std::fputs(text->c_str(), stdout) >= 0;
}

int refuse(const UsageError& error) {
  if (!error.in_line_form) return refuse(error.message);
  std::fprintf(stderr, "[ALERT]    (%d) : %s\n", getpid(), error.message.c_str());
  return 1;
}

int run_flags(const Words& words) {
  const auto options = parse_options(words);
  if (!options) return refuse(options.assume_error());
  const Options& given = options.assume_value();
  if (given.version != 0) return print_version(given.version);
  if (given.condition) return evaluate_condition(given);
  if (!given.keyword_classes.empty() && !list_keywords(given)) return refuse("no such class of keywords");
  if (!given.keyword_classes.empty() && given.files.empty()) return 0;
  if (given.files.empty()) return refuse("no configuration given");
  if (given.directory && chdir(given.directory->c_str()) != 0)
    return refuse("could not change to directory " + *given.directory);
  return given.check ? check_like_haproxy(given) : run_configuration(given);
}

int main_with(const Words& words) {
  if (words.empty()) return refuse("nothing to do");
  const auto verb = std::ranges::find(verbs, words.front(), &VerbRow::name);
  if (verb == verbs.end()) return run_flags(words);
  return verb->run({words.begin() + 1, words.end()});
}

}  // namespace
}  // namespace shunt::cli

int main(int argc, char** argv) { return shunt::cli::main_with({argv + 1, argv + argc}); }
