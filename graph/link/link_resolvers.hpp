// Name servers with their addresses, and what servers and rules want of them.
#pragma once
#include <vector>

#include "graph/link/linking.hpp"

namespace shunt::graph {

[[nodiscard]] std::vector<Resolvers> link_resolvers(Linking& linking);
// The section with that name among those of the file; `none`: there is none.
[[nodiscard]] std::uint32_t resolvers_named(const Linking& linking, std::string_view name);
// `resolvers` and its kin on a server's line.
void link_server_name(Linking& linking, const config::Server& from, Server& server);

}  // namespace shunt::graph
