// Reads big-endian numbers and length-prefixed blocks from a byte range; running out makes it bad for good.
#pragma once
#include <cstdint>
#include <string_view>

namespace shunt::fetchers::wire {

[[nodiscard]] constexpr std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

class ByteCursor {
 public:
  explicit constexpr ByteCursor(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] constexpr bool bad() const { return bad_; }
  [[nodiscard]] constexpr bool at_end() const { return bad_ || rest_.empty(); }
  [[nodiscard]] constexpr std::string_view rest() const { return rest_; }

  constexpr std::uint32_t number(std::size_t width) {
    std::uint32_t value = 0;
    for (const char c : block(width)) value = value << 8 | static_cast<std::uint8_t>(c);
    return value;
  }
  constexpr std::string_view block(std::size_t size) {
    bad_ = bad_ || size > rest_.size();
    if (bad_) return {};
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  constexpr std::string_view prefixed(std::size_t width) { return block(number(width)); }

 private:
  std::string_view rest_;
  bool bad_ = false;
};

}  // namespace shunt::fetchers::wire
