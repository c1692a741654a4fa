// TLS of one server: settings of the line, of default-server and of `global` as one, with files loaded.
#pragma once
#include "graph/link/linking.hpp"

namespace shunt::graph {

// Nothing where neither sessions nor checks use it.
[[nodiscard]] std::optional<TlsServer> server_tls(Linking& linking, const config::Proxy& proxy,
                                                  const config::Server& from);
// Whose expressions they are that a proxy's lines hold.
[[nodiscard]] std::uint32_t owner_of(const Linking& linking, const config::Proxy& proxy);

}  // namespace shunt::graph
