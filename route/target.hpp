// Where a connection to a server goes: parts that the server's line leaves open come from the client's
// destination.
#pragma once
#include "fetchers/endpoint.hpp"
#include "graph/graph.hpp"

namespace shunt::route {

[[nodiscard]] fetchers::Endpoint connect_target(const graph::Server& server,
                                                const fetchers::Endpoint& client_destination);

}  // namespace shunt::route
