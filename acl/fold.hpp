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

template <class Word>
Word load_word(const char* from) {
  Word word = 0;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// At most eight bytes, the first one lowest. Copies of a size that the compiler knows are single
// instructions.
inline std::uint64_t load(const char* from, std::size_t size) {
  if (size == 8) return load_word<std::uint64_t>(from);
  if (size >= 4)
    return load_word<std::uint32_t>(from) | std::uint64_t{load_word<std::uint32_t>(from + size - 4)}
                                                << (8 * (size - 4));
  if (size == 0) return 0;
  const auto byte = [&](std::size_t at) {
    return std::uint64_t{static_cast<unsigned char>(from[at])} << (8 * at);
  };
  return byte(0) | byte(size / 2) | byte(size - 1);
}

inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  __extension__ typedef unsigned __int128 Wide;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

template <bool Fold>
std::uint64_t hash_text(std::string_view text) {
  std::uint64_t hash = 0x9e3779b97f4a7c15ull ^ text.size();
  const auto add = [&](std::uint64_t bytes) {
    hash = mix(hash ^ (Fold ? fold8(bytes) : bytes), 0xd6e8feb86659fd93ull);
  };
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) add(load_word<std::uint64_t>(text.data() + at));
  if (at < text.size()) add(load(text.data() + at, text.size() - at));
  return hash;
}

inline std::uint64_t hash_text(std::string_view text, bool ignore_case) {
  return ignore_case ? hash_text<true>(text) : hash_text<false>(text);
}

// `stored` is folded already.
inline bool equal_folded(std::string_view stored, std::string_view text) {
  if (stored.size() != text.size()) return false;
  std::size_t at = 0;
  for (; at + 8 <= stored.size(); at += 8)
    if (load_word<std::uint64_t>(stored.data() + at) != fold8(load_word<std::uint64_t>(text.data() + at)))
      return false;
  if (at < stored.size())
    return load(stored.data() + at, stored.size() - at) == fold8(load(text.data() + at, stored.size() - at));
  return true;
}

inline bool equal(std::string_view stored, std::string_view text, bool ignore_case) {
  return ignore_case ? equal_folded(stored, text) : stored == text;
}

// Modulo 2^64, by Newton's iteration: each step doubles the bits that are right.
constexpr std::uint64_t inverse_of_odd(std::uint64_t odd) {
  std::uint64_t result = odd;
  for (int i = 0; i < 6; ++i) result *= 2 - odd * result;
  return result;
}

// A hash that grows byte by byte, so that all prefixes of a text are hashed in one pass: the sum of the
// bytes, each times a power of an odd number.
class RollingHash {
 public:
  void add(char c) {
    sum_ += (static_cast<unsigned char>(c) + std::uint64_t{1}) * power_;
    power_ *= base;
  }
  [[nodiscard]] std::uint64_t value() const { return mix(sum_, spread); }

 protected:
  static constexpr std::uint64_t base = 0x9fb21c651e98df25ull, spread = 0xd6e8feb86659fd93ull;
  std::uint64_t sum_ = 0;
  std::uint64_t power_ = 1;
};

// The same, which also knows the hash of what was added since an earlier moment.
class PartHash : public RollingHash {
 public:
  // The hash of a part does not depend on where it stands.
  struct Mark {
    std::uint64_t sum = 0;
    std::uint64_t unscale = 1;
  };

  void add(char c) {
    RollingHash::add(c);
    unscale_ *= inverse;
  }
  [[nodiscard]] Mark mark() const { return {sum_, unscale_}; }
  [[nodiscard]] std::uint64_t value_since(const Mark& mark) const {
    return mix((sum_ - mark.sum) * mark.unscale, spread);
  }

 private:
  static constexpr std::uint64_t inverse = inverse_of_odd(base);
  static_assert(base * inverse == 1);

  std::uint64_t unscale_ = 1;
};

}  // namespace shunt::acl
