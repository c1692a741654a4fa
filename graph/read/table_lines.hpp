// Lowering functions of `stick-table` and its parameters.
#pragma once
#include "graph/read/reading.hpp"

namespace shunt::graph {

void read_stick_table(Reading& reading);

// ---- parameters
void check_parameter(Reading& reading);  // everything is said by the syntax
void read_table_expire(Reading& reading);
void read_table_factor(Reading& reading);
void read_table_nopurge(Reading& reading);
void read_table_peers(Reading& reading);
void read_table_recv_only(Reading& reading);
void read_table_server_key(Reading& reading);
void read_table_target(Reading& reading);
void read_table_type(Reading& reading);
void read_table_size(Reading& reading);
void read_table_store(Reading& reading);

}  // namespace shunt::graph
