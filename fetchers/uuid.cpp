// The layout of a UUID's bits.
#include "fetchers/uuid.hpp"

#include "parser/ascii.hpp"

namespace shunt::fetchers {

UuidText make_uuid(int version, std::array<std::uint64_t, 2> random,
                   std::chrono::system_clock::time_point date) {
  using std::chrono::milliseconds;
  std::uint64_t high = random[0], low = random[1];
  if (version == 7) {
    const auto since = std::chrono::duration_cast<milliseconds>(date.time_since_epoch()).count();
    high = static_cast<std::uint64_t>(since) << 16 | (high & 0xffff);
  }
  high = (high & ~0xf000ull) | static_cast<std::uint64_t>(version) << 12;
  low = (low & ~(3ull << 62)) | 2ull << 62;  // the variant
  constexpr std::string_view digits = parser::ascii::lower_hex;
  UuidText text;
  std::size_t at = 0;
  for (int nibble = 0; nibble < 32; ++nibble) {
    if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) text[at++] = '-';
    const std::uint64_t half = nibble < 16 ? high : low;
    text[at++] = digits[half >> (60 - 4 * (nibble % 16)) & 15];
  }
  return text;
}

}  // namespace shunt::fetchers
