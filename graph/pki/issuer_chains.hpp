// Chains of issuers from a directory, for certificates whose files have none (issuers-chain-path).
#pragma once
#include <string>
#include <vector>

#include "graph/pki/certificate_store.hpp"

namespace shunt::graph::pki {

using IssuerChains = std::vector<std::vector<X509Ptr>>;  // each with the issuer first

// One for each file that has certificates, in the order of names; the other files are passed over.
[[nodiscard]] IssuerChains read_issuers(const std::string& directory);
[[nodiscard]] bool same(const IssuerChains& a, const IssuerChains& b);

}  // namespace shunt::graph::pki
