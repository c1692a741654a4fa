// Lowering functions of what servers are told and asked: TLS and values in PROXY headers.
#pragma once
#include "graph/read/reading.hpp"

namespace shunt::graph {

void set_server_alpn(Reading& reading);
void set_check_alpn(Reading& reading);
void set_no_verify_host(Reading& reading);
void read_server_name(Reading& reading);     // sni
void read_header_options(Reading& reading);  // proxy-v2-options
void read_header_value(Reading& reading);    // set-proxy-v2-tlv-fmt

// In `global`: ssl-default-server-options, and ssl-server-verify.
void read_server_tls_options(Reading& reading);
void read_server_verify(Reading& reading);

}  // namespace shunt::graph
