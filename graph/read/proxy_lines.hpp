// Lowering functions of proxy keywords that do more than store one value.
#pragma once
#include "graph/read/reading.hpp"

namespace shunt::graph {

// ---- proxy_lines.cpp
void read_mode(Reading& reading);
void read_retries(Reading& reading);
void read_description(Reading& reading);
void set_application(Reading& reading);
void read_certificate_use(Reading& reading);  // crt_list.cpp
void read_acl(Reading& reading);
void read_use_backend(Reading& reading);
void read_default_backend(Reading& reading);
void read_proxy_id(Reading& reading);
void read_guid(Reading& reading);
void read_external_check(Reading& reading);
void read_bind_process(Reading& reading);

// ---- address_lines.cpp
void read_source(Reading& reading);
void read_server_source(Reading& reading);
void read_dispatch(Reading& reading);

// ---- log_lines.cpp: logs and log formats
void read_log(Reading& reading);  // in a proxy and in `global`
void read_log_format(Reading& reading);
void read_log_format_sd(Reading& reading);
void read_error_log_format(Reading& reading);
void read_log_steps(Reading& reading);
void read_unique_id_format(Reading& reading);
void set_tcplog(Reading& reading);
void set_httplog(Reading& reading);

// ---- bind_lines.cpp, server_lines.cpp
void read_bind(Reading& reading);
void read_bind_line(Reading& reading);  // into reading.bind
void read_server(Reading& reading);
void read_server_template(Reading& reading);
void read_default_server(Reading& reading);

// ---- tcp_rules.cpp
void read_inspect_delay(Reading& reading);
void read_response_inspect_delay(Reading& reading);
void read_connection_rule(Reading& reading);
void read_session_rule(Reading& reading);
void read_request_rule(Reading& reading);
void read_response_rule(Reading& reading);

// ---- options
void store_option(Reading& reading, config::OptionId option);
void set_redispatch(Reading& reading);
void set_check(Reading& reading);  // checks that take no arguments worth keeping
void set_httpchk(Reading& reading);

template <config::OptionId Option>
void set_option(Reading& reading) {
  store_option(reading, Option);
}

}  // namespace shunt::graph
