// Decoding UTF-8 strictly (RFC 3629), and the ranges of characters that are not one column wide.
#include "parser/utf8.hpp"

#include <algorithm>
#include <cstdint>

namespace shunt::parser {
namespace {

struct SequenceRow {
  std::uint8_t mask, lead;
  std::size_t size;
  std::uint32_t lowest;  // smaller values are overlong forms
};
constexpr SequenceRow sequences[] = {
    {0x80, 0x00, 1, 0}, {0xe0, 0xc0, 2, 0x80}, {0xf0, 0xe0, 3, 0x800}, {0xf8, 0xf0, 4, 0x10000}};

struct Decoded {
  std::uint32_t value = 0;
  std::size_t size = 0;  // 0: invalid
};

Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  for (const SequenceRow& row : sequences) {
    if (text.size() < row.size || (byte(0) & row.mask) != row.lead) continue;
    std::uint32_t value = byte(0) & static_cast<std::uint8_t>(~row.mask);
    for (std::size_t i = 1; i < row.size; ++i) {
      if ((byte(i) & 0xc0) != 0x80) return {};
      value = value << 6 | (byte(i) & 0x3f);
    }
    const bool surrogate = value >= 0xd800 && value <= 0xdfff;
    if (value < row.lowest || value > 0x10ffff || surrogate) return {};
    return {value, row.size};
  }
  return {};
}

struct Range {
  std::uint32_t first, last;
};
// Controls, and marks that turn the direction of text around (they can make a message lie).
constexpr Range unprintable[] = {{0x00, 0x1f},     {0x7f, 0x9f},     {0x200b, 0x200f}, {0x2028, 0x202e},
                                 {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff0, 0xfffb}, {0xe0000, 0xe0fff}};
constexpr Range combining[] = {{0x300, 0x36f},   {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
                               {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};
constexpr Range wide[] = {{0x1100, 0x115f},   {0x2e80, 0xa4cf},  {0xac00, 0xd7a3}, {0xf900, 0xfaff},
                          {0xfe30, 0xfe4f},   {0xff00, 0xff60},  {0xffe0, 0xffe6}, {0x1f300, 0x1f64f},
                          {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};

template <std::size_t count>
bool within(const Range (&ranges)[count], std::uint32_t value) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [&](const Range& row) { return value >= row.first && value <= row.last; });
}

}  // namespace

std::size_t printable_size(std::string_view text) {
  if (text.empty()) return 0;
  const Decoded read = decode(text);
  return read.size != 0 && !within(unprintable, read.value) ? read.size : 0;
}

std::size_t display_width(std::string_view character) {
  const std::uint32_t value = decode(character).value;
  if (within(combining, value)) return 0;
  return within(wide, value) ? 2 : 1;
}

}  // namespace shunt::parser
