// Rings with the addresses of their servers.
#pragma once
#include "graph/link/linking.hpp"

namespace shunt::graph {

[[nodiscard]] std::vector<Ring> link_rings(Linking& linking);

}  // namespace shunt::graph
