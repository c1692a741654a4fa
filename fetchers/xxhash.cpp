// The only file that includes xxHash.
#include "fetchers/xxhash.hpp"

#include <xxhash.h>

namespace shunt::fetchers {

std::uint32_t hash_xxh32(std::string_view bytes, std::uint32_t seed) {
  return XXH32(bytes.data(), bytes.size(), seed);
}
std::uint64_t hash_xxh64(std::string_view bytes, std::uint64_t seed) {
  return XXH64(bytes.data(), bytes.size(), seed);
}
std::uint64_t hash_xxh3(std::string_view bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

}  // namespace shunt::fetchers
