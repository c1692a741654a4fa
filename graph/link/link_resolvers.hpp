// Name servers with their addresses, and what servers and rules want of them.
#pragma once
#include <vector>

#include "graph/link/linking.hpp"

namespace shunt::graph {

[[nodiscard]] std::vector<Resolvers> link_resolvers(Linking& linking);
// The section with that name among those of the file; `none`: there is none.
[[nodiscard]] std::uint32_t resolvers_named(const Linking& linking, std::string_view name);
// `resolvers` and its kin on a server's line. `host`: is asked for instead of the line's; empty: that one.
void link_server_name(Linking& linking, const config::Server& from, Server& server, const std::string& host);

}  // namespace shunt::graph
