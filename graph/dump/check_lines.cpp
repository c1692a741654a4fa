// What the files say about checks and mails, as written.
#include <algorithm>
#include <array>

#include "graph/dump/lines.hpp"
#include "graph/proxy_section.hpp"

namespace shunt::graph::config {
namespace {

using parser::Line;

bool is_check_option(const Line& line, const Proxy& proxy) {
  return line.keyword() == "option" && line.words.size() > 1 && proxy.settings.check &&
         line.words[1] == proxy.settings.check->value;
}

bool is_about_checks(const Line& line, const Proxy& proxy) {
  constexpr std::array<std::string_view, 4> keywords{"email-alert", "external-check", "http-check",
                                                     "tcp-check"};
  return std::ranges::find(keywords, line.keyword().value) != keywords.end() || is_check_option(line, proxy);
}

}  // namespace

void write_checks(std::string& text, const Config& config, const parser::SourceSet& sources,
                  const Proxy& proxy) {
  const parser::Section* const section = section_of(config, proxy);
  if (section == nullptr) return;
  for (const Line& line : section->lines)
    if (is_about_checks(line, proxy)) text += fmt::format("    {}\n", sources.text(line.span));
}

void write_mailers(std::string& text, const Config& config, const parser::SourceSet& sources) {
  for (const parser::Section& section : config.syntax.sections) {
    if (section.head.keyword() != "mailers") continue;
    text += fmt::format("{}\n", sources.text(section.head.span));
    for (const Line& line : section.lines) text += fmt::format("    {}\n", sources.text(line.span));
  }
}

void write_leave_for_programs(std::string& text, const Config& config, const parser::SourceSet& sources) {
  for (const parser::Section& section : config.syntax.sections)
    for (const Line& line : section.lines)
      if (section.head.keyword() == "global" && line.keyword() == "external-check")
        text += fmt::format("    {}\n", sources.text(line.span));
}

}  // namespace shunt::graph::config
