// Converters that hash bytes into a number.
#include <array>

#include "fetchers/families.hpp"
#include "fetchers/hash.hpp"
#include "fetchers/xxhash.hpp"

namespace shunt::fetchers {
namespace {

template <std::uint32_t (*function)(std::string_view)>
bool hash(Context&, Arguments arguments, Sample& sample) {
  const std::uint32_t value = function(sample.text);
  sample.set_integer(arguments[0].integer != 0 ? avalanche(value) : value);
  return true;
}

// The argument is the seed, of which 32-bit hashes take the lower half.
template <auto function, class Seed>
bool seeded(Context&, Arguments arguments, Sample& sample) {
  sample.set_integer(
      static_cast<std::int64_t>(function(sample.text, static_cast<Seed>(arguments[0].integer))));
  return true;
}

constexpr ConverterRow hashing(std::string_view name, ConvertFunction function, std::string_view text) {
  return {.name = name,
          .arguments = {.types = {ArgumentType::sint}},
          .in = SampleType::bin,
          .out = SampleType::sint,
          .function = function,
          .documentation = text};
}

constexpr std::array rows = {
    hashing("crc32", hash<hash_crc32>, "CRC-32 of the bytes; with argument 1, mixed once more."),
    hashing("crc32c", hash<hash_crc32c>, "CRC-32C of the bytes; with argument 1, mixed once more."),
    hashing("djb2", hash<hash_djb2>, "DJB2 hash of the bytes; with argument 1, mixed once more."),
    hashing("sdbm", hash<hash_sdbm>, "SDBM hash of the bytes; with argument 1, mixed once more."),
    hashing("wt6", hash<hash_wt6>, "WT6 hash of the bytes; with argument 1, mixed once more."),
    hashing("xxh3", seeded<hash_xxh3, std::uint64_t>, "XXH3 hash of the bytes, 64 bits."),
    hashing("xxh32", seeded<hash_xxh32, std::uint32_t>, "XXH32 hash of the bytes."),
    hashing("xxh64", seeded<hash_xxh64, std::uint64_t>, "XXH64 hash of the bytes."),
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows hash_converters() { return rows; }

}  // namespace shunt::fetchers
