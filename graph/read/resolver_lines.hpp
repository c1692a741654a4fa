// Reads the lines of `resolvers` sections, and the rules that ask them.
#pragma once
#include "graph/read/reading.hpp"

namespace shunt::graph {

void read_answer_size(Reading& reading);  // accepted_payload_size
void read_hold(Reading& reading);
void read_name_server(Reading& reading);
void read_system_name_servers(Reading& reading);  // parse-resolv-conf
void read_resolve_retries(Reading& reading);
void read_resolvers_timeout(Reading& reading);

// At the end of a `resolvers` section.
void check_name_servers(ReadState& state, const parser::Section& section);
// When all is read: the section `default`, with the name servers of the machine, if it is used and no file
// has it.
void add_system_section(ReadState& state);

// do-resolve(VARIABLE,RESOLVERS[,FAMILY]) EXPRESSION, which check_do_resolve has judged.
void lower_do_resolve(Reading& reading);

}  // namespace shunt::graph
