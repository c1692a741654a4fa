// Printing what the reading of a configuration found.
#pragma once
#include <sys/types.h>

#include <cstdio>
#include <string>
#include <vector>

#include "graph/load.hpp"

namespace shunt::cli {

// HAProxy's line form, as of the process `pid`. Ends with HAProxy's summary lines when there were errors.
[[nodiscard]] std::string findings_like_haproxy(const graph::Loaded& loaded, bool verbose, pid_t pid);

// Caret form, to `out`, with a closing count. Colours when `out` is a terminal.
void print_for_people(const graph::Loaded& loaded, const std::vector<parser::Diagnostic>& findings,
                      std::FILE* out);

// Those of reading and those of lint, without the suppressed ones. `load`: with keep_config.
[[nodiscard]] std::vector<parser::Diagnostic> findings_of(const graph::Loaded& loaded,
                                                          const graph::LoadOptions& load);

}  // namespace shunt::cli
