// The xxHash family: XXH32, XXH64 and the 64 bits of XXH3, with a seed (github.com/Cyan4973/xxHash/doc).
#pragma once
#include <cstdint>
#include <string_view>

namespace shunt::fetchers {

[[nodiscard]] std::uint32_t xxh32(std::string_view bytes, std::uint32_t seed);
[[nodiscard]] std::uint64_t xxh64(std::string_view bytes, std::uint64_t seed);
[[nodiscard]] std::uint64_t xxh3(std::string_view bytes, std::uint64_t seed);

}  // namespace shunt::fetchers
