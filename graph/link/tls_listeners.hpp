// The TLS settings and certificates of bind lines.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "graph/link/linking.hpp"

namespace shunt::graph {

// What certificates are looked for beside; before the first link_tls().
void look_for_extra_files(Linking& linking);
// nullopt: a line without `ssl`. `owner`: "frontend 'web'". `signer`: of the line, if it is known already.
[[nodiscard]] std::optional<TlsBind> link_tls(Linking& linking, const std::string& owner,
                                              const config::Bind& bind,
                                              const std::shared_ptr<const pki::Certificate>& signer = {});

}  // namespace shunt::graph
