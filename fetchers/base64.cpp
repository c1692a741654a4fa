// Base64 by tables of digits.
#include "fetchers/base64.hpp"

#include <array>

namespace shunt::fetchers {
namespace {

constexpr std::array<std::string_view, 2> alphabets = {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"};
constexpr std::uint8_t no_digit = 0xff;

consteval std::array<std::uint8_t, 256> values_of(std::string_view alphabet) {
  std::array<std::uint8_t, 256> values = {};
  values.fill(no_digit);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    values[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::uint8_t>(i);
  return values;
}

// In the variant for URLs '=' counts as the last digit [seen].
consteval std::array<std::uint8_t, 256> url_values() {
  auto values = values_of(alphabets[1]);
  values['='] = 63;
  return values;
}

constexpr std::array<std::array<std::uint8_t, 256>, 2> digit_values = {values_of(alphabets[0]), url_values()};

// Decodes the digits of one group and appends their bytes; false: a character is no digit.
bool decode_group(std::string_view digits, const std::array<std::uint8_t, 256>& values, char*& out) {
  std::uint32_t group = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::uint8_t digit = values[static_cast<std::uint8_t>(digits[i])];
    if (digit == no_digit) return false;
    group = group << 6 | digit;
    if (i != 0) *out++ = static_cast<char>(group >> (6 - 2 * i));
  }
  return true;
}

// Any group may be padded, down to one digit that yields nothing [seen].
std::string_view unpadded(std::string_view group) {
  while (group.ends_with('=')) group.remove_suffix(1);
  return group;
}

}  // namespace

std::string_view base64_encode(std::string_view bytes, Base64 kind, Scratch& scratch) {
  const std::string_view digits = alphabets[static_cast<std::size_t>(kind)];
  const std::size_t padding = (3 - bytes.size() % 3) % 3;
  const std::span<char> room = scratch.allocate((bytes.size() + 2) / 3 * 4);
  for (std::size_t in = 0, out = 0; in < bytes.size(); in += 3, out += 4) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8 | (in + i < bytes.size() ? static_cast<std::uint8_t>(bytes[in + i]) : 0u);
    for (std::size_t i = 0; i < 4; ++i)
      room[out + i] = in + i <= bytes.size() ? digits[group >> (18 - 6 * i) & 63] : '=';
  }
  return {room.data(), room.size() - (kind == Base64::url ? padding : 0)};
}

std::optional<std::string_view> base64_decode(std::string_view text, Base64 kind, Scratch& scratch) {
  const bool padded = kind == Base64::standard;
  const auto& values = digit_values[static_cast<std::size_t>(kind)];
  if (text.size() % 4 != 0 && (padded || text.size() % 4 == 1)) return std::nullopt;
  const std::span<char> room = scratch.allocate(text.size() / 4 * 3 + 3);
  char* end = room.data();
  for (std::size_t at = 0; at < text.size(); at += 4) {
    const std::string_view group = text.substr(at, 4);
    const std::string_view digits = padded ? unpadded(group) : group;
    if (digits.empty() || !decode_group(digits, values, end)) return std::nullopt;
  }
  return std::string_view(room.data(), static_cast<std::size_t>(end - room.data()));
}

std::optional<std::string> base64_bytes(std::string_view text) {
  Scratch scratch(text.size());
  const auto bytes = base64_decode(text, Base64::standard, scratch);
  return bytes ? std::optional<std::string>(*bytes) : std::nullopt;
}

}  // namespace shunt::fetchers
