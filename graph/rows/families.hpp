// The list of all keyword tables; each is defined in a file of this folder.
#pragma once
#include <span>
#include <vector>

#include "graph/rows/row.hpp"

namespace shunt::graph {

extern const Family section_family;
extern const Family global_family;
extern const Family global_stats_family;
extern const Family proxy_family;
extern const Family option_family;
extern const Family timeout_family;
extern const Family stats_family;
extern const Family tcp_request_family;
extern const Family tcp_response_family;
extern const Family tcp_action_family;
extern const Family http_action_family;
extern const Family reply_family;
extern const Family deny_family;
extern const Family redirect_family;
extern const Family wait_family;
extern const Family stick_family;
extern const Family cookie_family;
extern const Family filter_family;
extern const Family trace_filter_family;
extern const Family spoe_filter_family;
extern const Family opentracing_filter_family;
extern const Family bandwidth_filter_family;
extern const Family compression_family;
extern const Family email_alert_family;
extern const Family http_check_family;
extern const Family tcp_check_family;
extern const Family check_connect_family;
extern const Family check_send_family;
extern const Family http_expect_family;
extern const Family tcp_expect_family;
extern const Family bind_family;
extern const Family server_family;
extern const Family crt_list_family;
extern const Family stats_socket_family;
extern const Family balance_family;
extern const Family stick_table_family;
extern const Family table_data_family;
extern const Family log_family;

// Words that open a section (for the parser), from the section table.
[[nodiscard]] std::vector<std::string_view> section_names(int language);

// Every family, for `shunt keywords`, the generated manual and the tests that want each row covered.
[[nodiscard]] std::span<const Family* const> all_families();

}  // namespace shunt::graph
