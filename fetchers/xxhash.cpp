// xxHash as its specification describes it.
#include "fetchers/xxhash.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace shunt::fetchers {
namespace {

using Word = std::uint32_t;
using Long = std::uint64_t;
__extension__ using Wide = unsigned __int128;

constexpr Word word1 = 0x9E3779B1, word2 = 0x85EBCA77, word3 = 0xC2B2AE3D, word4 = 0x27D4EB2F,
               word5 = 0x165667B1;
constexpr Long long1 = 0x9E3779B185EBCA87, long2 = 0xC2B2AE3D27D4EB4F, long3 = 0x165667B19E3779F9,
               long4 = 0x85EBCA77C2B2AE63, long5 = 0x27D4EB2F165667C5;

template <class Number>
Number read(const char* from) {
  Number value;
  std::memcpy(&value, from, sizeof value);
  static_assert(std::endian::native == std::endian::little);
  return value;
}

template <class Number>
Number read(std::string_view bytes, std::size_t at) {
  return read<Number>(bytes.data() + at);
}

Long finish64(Long hash) {
  hash = (hash ^ hash >> 33) * long2;
  hash = (hash ^ hash >> 29) * long3;
  return hash ^ hash >> 32;
}

// ---- XXH3

constexpr std::array<std::uint8_t, 192> secret_bytes = {
    0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c,
    0xde, 0xd4, 0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb, 0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f,
    0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21,
    0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c,
    0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb, 0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3,
    0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8,
    0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d,
    0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31, 0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64,
    0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb,
    0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e,
    0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc, 0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce,
    0x45, 0xcb, 0x3a, 0x8f, 0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e};

using Secret = std::array<char, 192>;

Long secret(std::size_t at) { return read<Long>(reinterpret_cast<const char*>(secret_bytes.data()) + at); }

Long fold(Long left, Long right) {
  const Wide product = static_cast<Wide>(left) * right;
  return static_cast<Long>(product) ^ static_cast<Long>(product >> 64);
}

Long finish3(Long hash) {
  hash = (hash ^ hash >> 37) * 0x165667919E3779F9;
  return hash ^ hash >> 32;
}

Long up_to_3(std::string_view bytes, Long seed) {
  const auto byte = [&](std::size_t at) { return static_cast<Word>(static_cast<std::uint8_t>(bytes[at])); };
  const std::size_t size = bytes.size();
  const Word all = byte(0) << 16 | byte(size / 2) << 24 | byte(size - 1) | static_cast<Word>(size) << 8;
  const auto first = static_cast<Word>(secret(0)), second = static_cast<Word>(secret(0) >> 32);
  return finish64(all ^ ((first ^ second) + seed));
}

Long up_to_8(std::string_view bytes, Long seed) {
  constexpr Long factor = 0x9FB21C651E98DF25;
  seed ^= static_cast<Long>(__builtin_bswap32(static_cast<Word>(seed))) << 32;
  const Long all = read<Word>(bytes, bytes.size() - 4) + (static_cast<Long>(read<Word>(bytes, 0)) << 32);
  Long hash = all ^ ((secret(8) ^ secret(16)) - seed);
  hash ^= std::rotl(hash, 49) ^ std::rotl(hash, 24);
  hash *= factor;
  hash ^= (hash >> 35) + bytes.size();
  hash *= factor;
  return hash ^ hash >> 28;
}

Long up_to_16(std::string_view bytes, Long seed) {
  const Long low = read<Long>(bytes, 0) ^ ((secret(24) ^ secret(32)) + seed);
  const Long high = read<Long>(bytes, bytes.size() - 8) ^ ((secret(40) ^ secret(48)) - seed);
  return finish3(bytes.size() + __builtin_bswap64(low) + high + fold(low, high));
}

Long mix16(std::string_view bytes, std::size_t at, std::size_t secret_at, Long seed) {
  return fold(read<Long>(bytes, at) ^ (secret(secret_at) + seed),
              read<Long>(bytes, at + 8) ^ (secret(secret_at + 8) - seed));
}

Long up_to_128(std::string_view bytes, Long seed) {
  const std::size_t size = bytes.size();
  Long hash = size * long1;
  for (std::size_t pair = (size - 1) / 32 + 1; pair-- > 0;)
    hash +=
        mix16(bytes, 16 * pair, 32 * pair, seed) + mix16(bytes, size - 16 * (pair + 1), 32 * pair + 16, seed);
  return finish3(hash);
}

Long up_to_240(std::string_view bytes, Long seed) {
  Long hash = bytes.size() * long1;
  for (std::size_t i = 0; i < 8; ++i) hash += mix16(bytes, 16 * i, 16 * i, seed);
  hash = finish3(hash);
  for (std::size_t i = 8; i < bytes.size() / 16; ++i) hash += mix16(bytes, 16 * i, 16 * (i - 8) + 3, seed);
  hash += mix16(bytes, bytes.size() - 16, 136 - 17, seed);
  return finish3(hash);
}

Secret seeded_secret(Long seed) {
  Secret made = {};
  for (std::size_t i = 0; i < made.size(); i += 16) {
    const std::array<Long, 2> pair = {secret(i) + seed, secret(i + 8) - seed};
    std::memcpy(made.data() + i, pair.data(), sizeof pair);
  }
  return made;
}

class LongHash {
 public:
  explicit LongHash(Long seed) : secret_(seeded_secret(seed)) {}

  Long run(std::string_view bytes) {
    const std::size_t blocks = (bytes.size() - 1) / block;
    for (std::size_t i = 0; i < blocks; ++i) {
      add_stripes(bytes.substr(i * block), block / stripe);
      scramble();
    }
    const std::string_view last = bytes.substr(blocks * block);
    add_stripes(last, (last.size() - 1) / stripe);
    add(bytes.data() + bytes.size() - stripe, secret_.size() - stripe - 7);
    return merged(bytes.size() * long1);
  }

 private:
  static constexpr std::size_t stripe = 64, block = 1024;

  void add(const char* from, std::size_t secret_at) {
    for (std::size_t i = 0; i < 8; ++i) {
      const Long data = read<Long>(from + 8 * i);
      const Long key = data ^ read<Long>(secret_.data() + secret_at + 8 * i);
      state_[i ^ 1] += data;
      state_[i] += (key & 0xffffffff) * (key >> 32);
    }
  }

  void add_stripes(std::string_view bytes, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) add(bytes.data() + i * stripe, i * 8);
  }

  void scramble() {
    for (std::size_t i = 0; i < 8; ++i)
      state_[i] =
          (state_[i] ^ state_[i] >> 47 ^ read<Long>(secret_.data() + secret_.size() - stripe + 8 * i)) *
          word1;
  }

  [[nodiscard]] Long merged(Long hash) const {
    for (std::size_t i = 0; i < 4; ++i)
      hash += fold(state_[2 * i] ^ read<Long>(secret_.data() + 11 + 16 * i),
                   state_[2 * i + 1] ^ read<Long>(secret_.data() + 11 + 16 * i + 8));
    return finish3(hash);
  }

  Secret secret_;
  std::array<Long, 8> state_ = {word3, long1, long2, long3, long4, word2, long5, word1};
};

}  // namespace

Word xxh32(std::string_view bytes, Word seed) {
  const auto round = [](Word lane, Word data) { return std::rotl(lane + data * word2, 13) * word1; };
  Word hash = seed + word5;
  std::size_t at = 0;
  if (bytes.size() >= 16) {
    std::array<Word, 4> lanes = {seed + word1 + word2, seed + word2, seed, seed - word1};
    for (; at + 16 <= bytes.size(); at += 16)
      for (std::size_t i = 0; i < 4; ++i) lanes[i] = round(lanes[i], read<Word>(bytes, at + 4 * i));
    hash =
        std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) + std::rotl(lanes[3], 18);
  }
  hash += static_cast<Word>(bytes.size());
  for (; at + 4 <= bytes.size(); at += 4) hash = std::rotl(hash + read<Word>(bytes, at) * word3, 17) * word4;
  for (; at < bytes.size(); ++at)
    hash = std::rotl(hash + static_cast<std::uint8_t>(bytes[at]) * word5, 11) * word1;
  hash = (hash ^ hash >> 15) * word2;
  hash = (hash ^ hash >> 13) * word3;
  return hash ^ hash >> 16;
}

Long xxh64(std::string_view bytes, Long seed) {
  const auto round = [](Long lane, Long data) { return std::rotl(lane + data * long2, 31) * long1; };
  Long hash = seed + long5;
  std::size_t at = 0;
  if (bytes.size() >= 32) {
    std::array<Long, 4> lanes = {seed + long1 + long2, seed + long2, seed, seed - long1};
    for (; at + 32 <= bytes.size(); at += 32)
      for (std::size_t i = 0; i < 4; ++i) lanes[i] = round(lanes[i], read<Long>(bytes, at + 8 * i));
    hash =
        std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) + std::rotl(lanes[3], 18);
    for (const Long lane : lanes) hash = (hash ^ round(0, lane)) * long1 + long4;
  }
  hash += bytes.size();
  for (; at + 8 <= bytes.size(); at += 8)
    hash = std::rotl(hash ^ round(0, read<Long>(bytes, at)), 27) * long1 + long4;
  if (at + 4 <= bytes.size()) {
    hash = std::rotl(hash ^ read<Word>(bytes, at) * long1, 23) * long2 + long3;
    at += 4;
  }
  for (; at < bytes.size(); ++at)
    hash = std::rotl(hash ^ static_cast<std::uint8_t>(bytes[at]) * long5, 11) * long1;
  return finish64(hash);
}

Long xxh3(std::string_view bytes, Long seed) {
  if (bytes.empty()) return finish64(seed ^ secret(56) ^ secret(64));
  if (bytes.size() <= 3) return up_to_3(bytes, seed);
  if (bytes.size() <= 8) return up_to_8(bytes, seed);
  if (bytes.size() <= 16) return up_to_16(bytes, seed);
  if (bytes.size() <= 128) return up_to_128(bytes, seed);
  return bytes.size() <= 240 ? up_to_240(bytes, seed) : LongHash(seed).run(bytes);
}

}  // namespace shunt::fetchers
