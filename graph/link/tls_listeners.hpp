// The TLS settings and certificates of bind lines.
#pragma once
#include <optional>
#include <string>

#include "graph/link/linking.hpp"

namespace shunt::graph {

// What certificates are looked for beside; before the first link_tls().
void look_for_extra_files(Linking& linking);
// nullopt: a line without `ssl`. `owner`: "frontend 'web'".
[[nodiscard]] std::optional<TlsBind> link_tls(Linking& linking, const std::string& owner,
                                              const config::Bind& bind);

}  // namespace shunt::graph
