// What a bind line says of client certificates, with the files it names loaded.
#pragma once
#include "graph/link/linking.hpp"

namespace shunt::graph {

[[nodiscard]] ClientVerification client_verification(Linking& linking, const config::BindParameters& own);

// The id in the store, by ca-base; none without a file or when it was reported.
[[nodiscard]] std::uint32_t load_authorities(Linking& linking, const config::Maybe<std::string>& file);

}  // namespace shunt::graph
