// The hash functions that converters and load balancing share (32 bits each).
#pragma once
#include <cstdint>
#include <string_view>

namespace shunt::fetchers {

[[nodiscard]] std::uint32_t hash_crc32(std::string_view bytes);
[[nodiscard]] std::uint32_t hash_crc32c(std::string_view bytes);
[[nodiscard]] std::uint32_t hash_djb2(std::string_view bytes);
[[nodiscard]] std::uint32_t hash_sdbm(std::string_view bytes);
[[nodiscard]] std::uint32_t hash_wt6(std::string_view bytes);
// Mixes all bits of a hash into all others.
[[nodiscard]] std::uint32_t avalanche(std::uint32_t hash);

}  // namespace shunt::fetchers
