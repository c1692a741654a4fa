// Peers sections that this process belongs to, with listeners and servers of their own.
#pragma once
#include <vector>

#include "graph/link/linking.hpp"

namespace shunt::graph {

// Last of all: its proxies stand behind those of the files.
[[nodiscard]] std::vector<Peers> link_peers(Linking& linking);

}  // namespace shunt::graph
