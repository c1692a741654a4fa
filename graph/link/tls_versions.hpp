// The range of TLS versions that a line offers.
#pragma once
#include "graph/link/linking.hpp"

namespace shunt::graph {

struct VersionRange {
  std::string min, max;  // max empty: none
};

// Since HAProxy 2.2 clients have to speak TLS 1.2 where nothing is said; servers don't.
enum class VersionSide : std::uint8_t { clients, servers };

// `ssl`: where to blame when nothing is left.
[[nodiscard]] VersionRange version_range(Linking& linking, const config::TlsVersions& own,
                                         const config::TlsVersions& shared, parser::Span ssl,
                                         VersionSide side);

}  // namespace shunt::graph
