// Printers of diagnostics: HAProxy's line form for scripts, the form with source line and caret for people.
#pragma once
#include <string>

#include "parser/diagnostic.hpp"

namespace shunt::parser {

// "[ALERT]    (pid) : config : parsing [FILE:LINE] : MESSAGE" for one finding, line end included; notes are
// left out.
[[nodiscard]] std::string line_form(const Diagnostic& diagnostic, const SourceSet& sources, long pid);

struct HumanOptions {
  bool colour = false;
};

// Severity, code, place, the source line with a caret under the exact word, and the notes. Text from files is
// escaped.
[[nodiscard]] std::string human_form(const Diagnostic& diagnostic, const SourceSet& sources,
                                     const HumanOptions& options);

// Control bytes, escape sequences and invalid UTF-8 made harmless for a terminal.
[[nodiscard]] std::string escape_for_terminal(std::string_view text);

}  // namespace shunt::parser
