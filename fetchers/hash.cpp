// The hash functions, as algorithms.md 1.2 describes them.
#include "fetchers/hash.hpp"

#include <array>
#include <bit>

namespace shunt::fetchers {
namespace {

using Table = std::array<std::uint32_t, 256>;

consteval Table reflected_table(std::uint32_t polynomial) {
  Table table = {};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ ((value & 1) != 0 ? polynomial : 0);
    table[i] = value;
  }
  return table;
}

constexpr Table crc32_table = reflected_table(0xEDB88320);
constexpr Table crc32c_table = reflected_table(0x82F63B78);

std::uint32_t reflected(const Table& table, std::string_view bytes) {
  std::uint32_t value = 0xffffffff;
  for (const char c : bytes) value = value >> 8 ^ table[(value ^ static_cast<std::uint8_t>(c)) & 0xff];
  return ~value;
}

}  // namespace

std::uint32_t hash_crc32(std::string_view bytes) { return reflected(crc32_table, bytes); }
std::uint32_t hash_crc32c(std::string_view bytes) { return reflected(crc32c_table, bytes); }

std::uint32_t hash_djb2(std::string_view bytes) {
  std::uint32_t hash = 5381;
  for (const char c : bytes) hash = hash * 33 + static_cast<std::uint8_t>(c);
  return hash;
}

std::uint32_t hash_sdbm(std::string_view bytes) {
  std::uint32_t hash = 0;
  for (const char c : bytes) hash = static_cast<std::uint8_t>(c) + (hash << 6) + (hash << 16) - hash;
  return hash;
}

std::uint32_t hash_wt6(std::string_view bytes) {
  std::uint32_t a = 0xA53C965A;
  std::uint32_t b = 0x5CA6953A;
  int left = 6;
  int right = 18;
  for (const char c : bytes) {
    a = ~(a ^ static_cast<std::uint8_t>(c));
    b = ~(b + static_cast<std::uint8_t>(c));
    const std::uint32_t turned = std::rotl(b, left);
    b = std::rotl(a, right);
    a = turned;
    const std::uint32_t next = ((a >> 16) ^ b) & 0xffff;
    left = static_cast<int>(next & 31);
    right = static_cast<int>(next >> 11);
  }
  return a ^ b;
}

std::uint32_t avalanche(std::uint32_t x) {
  x = x + 0x7ED55D16 + (x << 12);
  x = (x ^ 0xC761C23C) ^ (x >> 19);
  x = x + 0x165667B1 + (x << 5);
  x = (x + 0xD3A2646C) ^ (x << 9);
  x = x + 0xFD7046C5 + (x << 3);
  x = (x ^ 0xB55A4F09) ^ (x >> 16);
  return x * 3221225473u;
}

}  // namespace shunt::fetchers
