// Reads the lines of `peers` sections.
#pragma once
#include "graph/read/reading.hpp"

namespace shunt::graph {

void open_peers(Reading& reading);
void read_peer(Reading& reading);  // `peer` and `server`
void read_peers_bind(Reading& reading);
void read_peers_default_bind(Reading& reading);
void read_peers_default_server(Reading& reading);
void read_peers_log(Reading& reading);
void read_peers_switch(Reading& reading);  // `enabled` and `disabled`

}  // namespace shunt::graph
