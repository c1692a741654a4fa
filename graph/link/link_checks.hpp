// How servers are checked and who gets mails about them: programs from the lines of each proxy.
#pragma once
#include "graph/link/linking.hpp"

namespace shunt::graph {

void link_checks(Linking& linking);
// Whether a check of this proxy opens a connection by TLS of its own accord.
[[nodiscard]] bool checks_open_tls(const config::Config& config, const config::Proxy& proxy);

}  // namespace shunt::graph
