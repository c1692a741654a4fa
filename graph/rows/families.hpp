// The list of all keyword tables; each is defined in a file of this folder.
#pragma once
#include <span>

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
extern const Family bind_family;
extern const Family server_family;
extern const Family stats_socket_family;
extern const Family balance_family;
extern const Family log_family;

// Every family, for `shunt keywords`, the generated manual and the tests that want each row covered.
[[nodiscard]] std::span<const Family* const> all_families();

}  // namespace shunt::graph
