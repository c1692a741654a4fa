// Errors are shown as `check` shows them; warnings are not asked for.
#include "cli/loading.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>

#include "cli/haproxy_variables.hpp"
#include "parser/printer.hpp"

namespace shunt::cli {

std::unique_ptr<graph::Loaded> load_for_simulation(const std::vector<std::string>& files, bool assume_files) {
  set_haproxy_variables({.files = files});
  auto loaded = graph::load_files(
      files, {.resolve_names = false, .assume_files = assume_files, .despite_unsupported = true});
  if (loaded->graph) return loaded;
  const parser::HumanOptions form{.colour = isatty(STDERR_FILENO) != 0};
  for (const parser::Diagnostic& finding : loaded->sink.all())
    if (finding.severity == parser::Severity::error && !finding.code->about_build)
      fmt::print(stderr, "{}\n", parser::human_form(finding, loaded->sources, form));
  return nullptr;
}

}  // namespace shunt::cli
