// Bytes as pairs of hexadecimal digits.
#pragma once
#include <string>
#include <string_view>

#include "parser/ascii.hpp"

namespace shunt::parser {

[[nodiscard]] inline std::string upper_hex_of(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += ascii::upper_hex[byte / 16];
    text += ascii::upper_hex[byte % 16];
  }
  return text;
}

}  // namespace shunt::parser
