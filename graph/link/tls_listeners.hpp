// The TLS settings and certificates of bind lines.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "graph/link/linking.hpp"

namespace shunt::graph {

// Before the first link_tls(), also of lines that are linked again: what certificates are looked for beside,
// and nothing has been said yet of the responses that they want.
void look_for_extra_files(Linking& linking);
// Of OCSP responses.
void check_fetching_delays(Linking& linking);
// nullopt: a line without `ssl`. `owner`: "frontend 'web'". `signer`: of the line, if it is known already.
[[nodiscard]] std::optional<TlsBind> link_tls(Linking& linking, const std::string& owner,
                                              const config::Bind& bind,
                                              const std::shared_ptr<const pki::Certificate>& signer = {});

}  // namespace shunt::graph
