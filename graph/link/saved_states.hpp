// What a file of server states says beside where a server is and whether it is up.
#pragma once
#include <string>

#include "graph/config.hpp"

namespace shunt::graph {

struct Linking;  // graph/link/linking.hpp

// The host name that the statistics socket gave the server; empty: none.
[[nodiscard]] std::string saved_host(Linking& linking, const config::Proxy& backend,
                                     const config::Server& from);

}  // namespace shunt::graph
