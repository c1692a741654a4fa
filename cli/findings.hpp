// Printing what the reading of a configuration found.
#pragma once
#include <cstdio>

#include "graph/load.hpp"

namespace shunt::cli {

// HAProxy's line form, to stderr; `quiet` prints nothing. Ends with HAProxy's summary lines when there were
// errors.
void print_like_haproxy(const graph::Loaded& loaded, bool quiet, bool verbose);

// Caret form, to `out`, with a closing count. Colours when `out` is a terminal.
void print_for_people(const graph::Loaded& loaded, const std::vector<parser::Diagnostic>& findings,
                      std::FILE* out);

}  // namespace shunt::cli
