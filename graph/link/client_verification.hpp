// What a bind line says of client certificates, with the files it names loaded.
#pragma once
#include "graph/link/linking.hpp"

namespace shunt::graph {

[[nodiscard]] ClientVerification client_verification(Linking& linking, const config::BindParameters& own);

}  // namespace shunt::graph
