// Lowering functions of `stick-table` and its parameters.
#pragma once
#include "graph/read/reading.hpp"

namespace shunt::graph {

void read_stick_table(Reading& reading);

// ---- parameters; reading.table may be null (a `table` of a peers section)
void check_parameter(Reading& reading);  // everything is said by the syntax
void read_table_type(Reading& reading);
void read_table_size(Reading& reading);
void read_table_store(Reading& reading);

}  // namespace shunt::graph
