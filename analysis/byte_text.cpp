// Reads and writes escaped bytes.
#include "analysis/byte_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "parser/ascii.hpp"
#include "parser/hex.hpp"

namespace shunt::analysis {
namespace {

struct Escape {
  char letter;
  char byte;
};
constexpr std::array escapes = {Escape{'r', '\r'}, Escape{'n', '\n'},  Escape{'t', '\t'},
                                Escape{'0', '\0'}, Escape{'\\', '\\'}, Escape{' ', ' '}};
constexpr std::string_view shortened = "\r\n\t\\";

// The byte that two digits make; -1: they don't.
int hex_byte(std::string_view digits) {
  if (digits.size() < 2 || parser::ascii::hex_value(digits[0]) < 0 || parser::ascii::hex_value(digits[1]) < 0)
    return -1;
  return parser::ascii::hex_value(digits[0]) * 16 + parser::ascii::hex_value(digits[1]);
}

}  // namespace

Result<std::string, TextError> decode_bytes(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') {
      bytes += text[at];
      continue;
    }
    const std::string_view behind = text.substr(at + 1);
    if (behind.starts_with('x') && hex_byte(behind.substr(1)) >= 0) {
      bytes += static_cast<char>(hex_byte(behind.substr(1)));
      at += 3;
      continue;
    }
    const auto* row =
        behind.empty() ? escapes.end() : std::ranges::find(escapes, behind.front(), &Escape::letter);
    if (row == escapes.end())
      return TextError{fmt::format("'\\{}' is no escape; there are \\r, \\n, \\t, \\0, \\\\ and \\xNN",
                                   behind.substr(0, 1))};
    bytes += row->byte;
    ++at;
  }
  return bytes;
}

std::string encode_bytes(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    if (shortened.find(c) != std::string_view::npos)
      text += {'\\', std::ranges::find(escapes, c, &Escape::byte)->letter};
    else if (c >= 0x20 && c < 0x7f)
      text += c;
    else
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  return text;
}

Result<std::string, TextError> decode_hex(std::string_view digits) {
  std::string bytes;
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    const int byte = hex_byte(digits.substr(at));
    if (byte < 0) return TextError{fmt::format("'{}' are no pairs of hexadecimal digits", digits)};
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

std::string encode_hex(std::string_view bytes) { return parser::hex_of(bytes, parser::ascii::lower_hex); }

}  // namespace shunt::analysis
