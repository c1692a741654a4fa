// The range of TLS versions that a bind line offers.
#pragma once
#include "graph/link/linking.hpp"

namespace shunt::graph {

// `ssl`: where to blame when nothing is left.
void set_versions(Linking& linking, const config::TlsVersions& own, const config::TlsVersions& shared,
                  parser::Span ssl, TlsBind& tls);

}  // namespace shunt::graph
