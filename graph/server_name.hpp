// What a server is called in the whole of a file.
#pragma once
#include <string>

#include "graph/graph.hpp"

namespace shunt::graph {

// "BACKEND/SERVER"
[[nodiscard]] inline std::string qualified_name(const Graph& graph, const Server& server) {
  return graph.proxies[server.backend].name + '/' + server.name;
}

}  // namespace shunt::graph
