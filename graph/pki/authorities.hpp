// Authorities and revocation lists as a file or a directory has them.
#pragma once
#include <optional>
#include <string>

#include "graph/pki/certificate_store.hpp"

namespace shunt::graph::pki {

// nullopt: nothing could be read.
[[nodiscard]] std::optional<Authorities> read_authorities(const std::string& place);

}  // namespace shunt::graph::pki
