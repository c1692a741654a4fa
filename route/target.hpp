// Where a connection to a server goes: parts that the server's line leaves open come from the client's
// destination.
#pragma once
#include "fetchers/endpoint.hpp"
#include "graph/graph.hpp"
#include "route/state.hpp"

namespace shunt::route {

// Where a server is now, as far as anybody knows.
[[nodiscard]] fetchers::Endpoint address_of(const graph::Graph& graph, const graph::Server& server,
                                            const ServerState& state);
// Where a connection to it goes when it is at `address`. `named`: null where that is the line's.
[[nodiscard]] fetchers::Endpoint connect_target(const graph::Server& server, const graph::NamedServer* named,
                                                const fetchers::Endpoint& address,
                                                const fetchers::Endpoint& client_destination);

}  // namespace shunt::route
