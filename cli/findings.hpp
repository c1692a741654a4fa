// Printing what the reading of a configuration found.
#pragma once
#include <sys/types.h>

#include <cstdio>
#include <string>

#include "graph/load.hpp"

namespace shunt::cli {

// HAProxy's line form, as of the process `pid`. Ends with HAProxy's summary lines when there were errors.
[[nodiscard]] std::string findings_like_haproxy(const graph::Loaded& loaded, bool verbose, pid_t pid);

// Caret form, to `out`, with a closing count. Colours when `out` is a terminal.
void print_for_people(const graph::Loaded& loaded, const std::vector<parser::Diagnostic>& findings,
                      std::FILE* out);

}  // namespace shunt::cli
