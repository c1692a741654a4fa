// Reads the lines of `ring` sections.
#pragma once
#include "graph/read/reading.hpp"

namespace shunt::graph {

void read_ring_format(Reading& reading);
void read_ring_length(Reading& reading);
void read_ring_size(Reading& reading);
void read_ring_timeout(Reading& reading);
void read_ring_server(Reading& reading);
// What its lines need from each other, once all are read.
void check_ring(ReadState& state, const parser::Section& section);

}  // namespace shunt::graph
