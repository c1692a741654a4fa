// The tables of the lines of sections other than `global` and proxies.
#pragma once
#include "graph/rows/row.hpp"

namespace shunt::graph {

extern const Family peers_family;
extern const Family resolvers_family;
extern const Family userlist_family;
extern const Family mailers_family;
extern const Family ring_family;
extern const Family log_forward_family;
extern const Family cache_family;
extern const Family fcgi_app_family;
extern const Family http_errors_family;
extern const Family crt_store_family;
extern const Family acme_family;
extern const Family healthcheck_family;
extern const Family traces_family;
extern const Family log_profile_family;
extern const Family program_family;

}  // namespace shunt::graph
