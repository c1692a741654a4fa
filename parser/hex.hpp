// Bytes as pairs of hexadecimal digits.
#pragma once
#include <string>
#include <string_view>

#include "parser/ascii.hpp"

namespace shunt::parser {

// `digits`: ascii::upper_hex or ascii::lower_hex.
[[nodiscard]] inline std::string hex_of(std::string_view bytes, std::string_view digits) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += digits[byte / 16];
    text += digits[byte % 16];
  }
  return text;
}

}  // namespace shunt::parser
