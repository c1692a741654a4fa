// The file of a SPOE filter: its agent, messages and groups.
#pragma once
#include "graph/read/reading.hpp"

namespace shunt::graph {

// reading.rest: the words behind `filter spoe`. Faults of the file are reported at the word that names it.
void read_spoe_file(Reading& reading);

}  // namespace shunt::graph
