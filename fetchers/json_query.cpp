// Turns JSON values into samples.
#include "fetchers/json_query.hpp"

#include <fmt/core.h>

#include <charconv>
#include <limits>

#include "fetchers/json_path.hpp"

namespace shunt::fetchers {
namespace {

// The integer that the number begins with, as C reads it in any base; 0 without digits.
bool set_integer(std::string_view token, Sample& out) {
  constexpr std::uint64_t largest = (std::uint64_t{1} << 53) - 1;
  const bool negative = token.starts_with('-');
  std::string_view digits = token.substr(negative ? 1 : 0);
  int base = 10;
  if (digits.starts_with("0x") || digits.starts_with("0X"))
    base = 16;
  else if (digits.starts_with('0'))
    base = 8;
  if (base == 16) digits.remove_prefix(2);
  std::uint64_t value = 0;
  const auto fault = std::from_chars(digits.data(), digits.data() + digits.size(), value, base).ec;
  if (fault == std::errc::result_out_of_range || value > largest) return false;
  out.set_integer(negative ? -static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value));
  return true;
}

double real_of(std::string_view token) {
  double value = 0;
  const auto [end, fault] = std::from_chars(token.data(), token.data() + token.size(), value);
  if (fault != std::errc::result_out_of_range) return value;
  const bool tiny = token.find("e-") != std::string_view::npos || token.find("E-") != std::string_view::npos;
  const double limit = tiny ? 0 : std::numeric_limits<double>::infinity();
  return token.starts_with('-') ? -limit : limit;
}

void set_real(std::string_view token, Scratch& scratch, Sample& out) {
  const std::span<char> room = scratch.allocate(32);
  const auto* end = fmt::format_to_n(room.data(), room.size(), "{:g}", real_of(token)).out;
  out.set_string({room.data(), static_cast<std::size_t>(end - room.data())});
}

}  // namespace

bool query_json(std::string_view text, std::string_view path, bool as_integer, Scratch& scratch,
                Sample& out) {
  const auto value = find_json(text, path);
  if (!value) return false;
  switch (value->kind) {
    case JsonValue::Kind::boolean: out.set_boolean(value->token == "true"); return true;
    case JsonValue::Kind::array: out.set_string(value->token); return true;
    case JsonValue::Kind::number:
      if (as_integer) return set_integer(value->token, out);
      set_real(value->token, scratch, out);
      return true;
    case JsonValue::Kind::text: {
      const auto unescaped = unescape_json(value->token, scratch);
      if (unescaped) out.set_string(*unescaped);
      return unescaped.has_value();
    }
    case JsonValue::Kind::object:
    case JsonValue::Kind::null: break;
  }
  return false;
}

}  // namespace shunt::fetchers
