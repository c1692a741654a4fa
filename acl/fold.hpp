// ASCII case folding and hashing of short texts, eight bytes at a time.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace shunt::acl {

// HAProxy folds ASCII only, whatever the locale.
constexpr char fold(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

inline std::string folded(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) { return fold(c); });
  return result;
}

inline std::uint64_t fold8(std::uint64_t bytes) {
  constexpr std::uint64_t each = 0x0101010101010101ull;
  const std::uint64_t low7 = bytes & (0x7f * each);
  const std::uint64_t at_least_a = low7 + (0x80 - 'A') * each;
  const std::uint64_t above_z = low7 + (0x7f - 'Z') * each;
  const std::uint64_t upper = (at_least_a ^ above_z) & ~bytes & (0x80 * each);
  return bytes | (upper >> 2);
}

inline std::uint64_t load(const char* from, std::size_t size) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, from, size);
  return bytes;
}

inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  __extension__ typedef unsigned __int128 Wide;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

template <bool Fold>
std::uint64_t hash_text(std::string_view text) {
  std::uint64_t hash = 0x9e3779b97f4a7c15ull ^ text.size();
  const char* at = text.data();
  for (std::size_t left = text.size(); left > 0;) {
    const std::size_t size = std::min<std::size_t>(left, 8);
    const std::uint64_t bytes = load(at, size);
    hash = mix(hash ^ (Fold ? fold8(bytes) : bytes), 0xd6e8feb86659fd93ull);
    at += size;
    left -= size;
  }
  return hash;
}

inline std::uint64_t hash_text(std::string_view text, bool ignore_case) {
  return ignore_case ? hash_text<true>(text) : hash_text<false>(text);
}

// `stored` is folded already.
inline bool equal_folded(std::string_view stored, std::string_view text) {
  if (stored.size() != text.size()) return false;
  for (std::size_t i = 0; i < stored.size(); i += 8) {
    const std::size_t size = std::min<std::size_t>(stored.size() - i, 8);
    if (load(stored.data() + i, size) != fold8(load(text.data() + i, size))) return false;
  }
  return true;
}

inline bool equal(std::string_view stored, std::string_view text, bool ignore_case) {
  return ignore_case ? equal_folded(stored, text) : stored == text;
}

// A hash that grows byte by byte, so that all prefixes of a text are hashed in one pass.
class RollingHash {
 public:
  void add(char c) { state_ = (state_ + static_cast<unsigned char>(c) + 1) * 0x9fb21c651e98df25ull; }
  [[nodiscard]] std::uint64_t value() const { return mix(state_, 0xd6e8feb86659fd93ull); }

 private:
  std::uint64_t state_ = 0;
};

}  // namespace shunt::acl
