// The authority that signs certificates which are made while the program runs (ca-sign-file).
#pragma once
#include <array>
#include <memory>
#include <string>

#include "graph/pki/certificate_store.hpp"
#include "parser/result.hpp"

namespace shunt::graph::pki {

// One PEM file with the authority's certificate and its key (possibly in FILE.key); the first certificate is
// it. `passphrase`: of the key; empty: it has none. `place`: where it was found before; empty: not known.
[[nodiscard]] Result<std::shared_ptr<const Certificate>, LoadError> load_signer(const std::string& path,
                                                                                const std::string& passphrase,
                                                                                std::string place = {});
// The files that it is read from.
[[nodiscard]] std::array<std::string, 2> places_of_signer(const Certificate& signer);

}  // namespace shunt::graph::pki
