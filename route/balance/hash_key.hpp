// From a client's address or a sample to the 32-bit number that chooses a server.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "fetchers/endpoint.hpp"
#include "fetchers/sample.hpp"
#include "graph/balance.hpp"

namespace shunt::route {

// The address is a number by itself; of `type` only the avalanche matters. None for what has no IP address.
[[nodiscard]] std::optional<std::uint32_t> hash_of(const fetchers::Endpoint& source, graph::HashType type);
// Numbers count as eight bytes, addresses as theirs.
[[nodiscard]] std::optional<std::uint32_t> hash_of(fetchers::Sample sample, graph::HashType type,
                                                   fetchers::Scratch& scratch);
[[nodiscard]] std::uint32_t hash_of(std::string_view bytes, graph::HashType type);

}  // namespace shunt::route
