// The two ways of printing findings.
#include "cli/findings.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>

#include "parser/printer.hpp"

namespace shunt::cli {
namespace {

std::string files_at_fault(const graph::Loaded& loaded, pid_t pid) {
  std::string text;
  for (parser::FileId file = 0; file < loaded.sources.size(); ++file) {
    const bool faulty = std::ranges::any_of(loaded.sink.all(), [&](const parser::Diagnostic& d) {
      return d.severity == parser::Severity::error && d.span.file == file;
    });
    if (faulty)
      text += fmt::format("[ALERT]    ({}) : config : Error(s) found in configuration file : {}\n", pid,
                          loaded.sources.name(file));
  }
  return text + fmt::format("[ALERT]    ({}) : config : Fatal errors found in configuration.\n", pid);
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

std::string findings_like_haproxy(const graph::Loaded& loaded, bool verbose, pid_t pid) {
  std::string text;
  for (const parser::Diagnostic& diagnostic : loaded.sink.all())
    text += parser::line_form(diagnostic, loaded.sources, pid);
  if (verbose)
    for (const parser::Diagnostic& ignored : loaded.ignored)
      text += parser::line_form(ignored, loaded.sources, pid);
  if (loaded.sink.has_errors()) text += files_at_fault(loaded, pid);
  return text;
}

void print_for_people(const graph::Loaded& loaded, const std::vector<parser::Diagnostic>& findings,
                      std::FILE* out) {
  const parser::HumanOptions options{.colour = isatty(fileno(out)) != 0};
  std::size_t counts[3] = {};
  for (const parser::Diagnostic& diagnostic : findings) {
    ++counts[static_cast<std::size_t>(diagnostic.severity)];
    std::fputs(parser::human_form(diagnostic, loaded.sources, options).c_str(), out);
    std::fputc('\n', out);
  }
  const auto of = [&](parser::Severity severity) { return counts[static_cast<std::size_t>(severity)]; };
  fmt::print(out, "{}, {}, {}\n", counted(of(parser::Severity::error), "error"),
             counted(of(parser::Severity::warning), "warning"),
             counted(of(parser::Severity::notice), "notice"));
}

}  // namespace shunt::cli
