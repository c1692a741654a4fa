// The xxHash family, from Debian's library (docs/decisions/0005-xxhash-library.md).
#pragma once
#include <cstdint>
#include <string_view>

namespace shunt::fetchers {

[[nodiscard]] std::uint32_t hash_xxh32(std::string_view bytes, std::uint32_t seed);
[[nodiscard]] std::uint64_t hash_xxh64(std::string_view bytes, std::uint64_t seed);
[[nodiscard]] std::uint64_t hash_xxh3(std::string_view bytes, std::uint64_t seed);

}  // namespace shunt::fetchers
