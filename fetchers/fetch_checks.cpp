// The checks of fetches' arguments.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "fetchers/argument_checks.hpp"
#include "parser/scalar.hpp"

namespace shunt::fetchers {
namespace {

bool given(const ArgumentValue& argument) { return argument.type != ArgumentType::none; }

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, std::string_view text) {
  return std::ranges::find(names, text) != names.end();
}

constexpr std::array<std::string_view, 3> date_units = {"s", "ms", "us"};
constexpr std::array<std::string_view, 2> rtt_units = {"us", "ms"};
constexpr std::array<std::string_view, 3> block_names = {"head", "tail", "first"};
struct TlvName {
  std::string_view name;
  std::uint32_t type;
};
// Types of the PROXY protocol's document.
constexpr std::array tlv_names = {
    TlvName{"ALPN", 0x01},        TlvName{"AUTHORITY", 0x02},   TlvName{"CRC32", 0x03},
    TlvName{"NETNS", 0x30},       TlvName{"NOOP", 0x04},        TlvName{"SSL", 0x20},
    TlvName{"SSL_CIPHER", 0x23},  TlvName{"SSL_CN", 0x22},      TlvName{"SSL_KEY_ALG", 0x25},
    TlvName{"SSL_SIG_ALG", 0x24}, TlvName{"SSL_VERSION", 0x21}, TlvName{"UNIQUE_ID", 0x05}};

// 0 ... 255, also as "0xff".
std::optional<std::uint32_t> small_number(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  if (hexadecimal) text.remove_prefix(2);
  std::uint32_t value = 0;
  const auto [end, fault] =
      std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal ? 16 : 10);
  const bool whole = fault == std::errc{} && end == text.data() + text.size();
  return whole && value <= 255 ? std::optional(value) : std::nullopt;
}

}  // namespace

bool check_block(ArgumentValues arguments, ArgumentCheck& check) {
  const std::string& text = arguments[0].text;
  if (is_one_of(block_names, text)) return true;
  const auto number = parser::parse_integer(text);
  if (number && number.value() >= 0) return true;
  return check.fail(fmt::format("expects 'head', 'tail', 'first' or a position, got '{}'", text));
}

// 2.6 takes negative numbers, which no capture has.
bool check_capture(ArgumentValues arguments, ArgumentCheck& check) {
  if (arguments[0].integer >= 0 || check.language < 207) return true;
  return check.fail("a capture's number can't be negative");
}

bool check_distcc(ArgumentValues arguments, ArgumentCheck& check) {
  return arguments[0].text.size() == 4 || check.fail("token name must be exactly 4 characters");
}

bool check_dn(ArgumentValues arguments, ArgumentCheck& check) {
  const std::string& format = arguments[2].text;
  return format.empty() || format == "rfc2253" || check.fail("only rfc2253 is known as format");
}

bool check_no_unit(ArgumentValues arguments, ArgumentCheck& check) {
  if (given(arguments[0])) check.warning = "the kernel's counters have no unit, so the argument is ignored";
  return true;
}

bool check_occurrence(ArgumentValues arguments, ArgumentCheck& check) {
  return arguments[1].integer >= -10 || check.fail("header occurrence must be >= -10");
}

bool check_query(ArgumentValues arguments, ArgumentCheck& check) {
  if (!given(arguments[0]) || arguments[0].text == "with_qm") return true;
  return check.fail(fmt::format("expects 'with_qm', got '{}'", arguments[0].text));
}

bool check_rtt(ArgumentValues arguments, ArgumentCheck& check) {
  if (!given(arguments[0]) || is_one_of(rtt_units, arguments[0].text)) return true;
  return check.fail(fmt::format("expects 'us' or 'ms', got '{}'", arguments[0].text));
}

// The number is kept in `reference`.
bool check_tlv(ArgumentValues arguments, ArgumentCheck& check) {
  const auto name = std::ranges::find(tlv_names, std::string_view(arguments[0].text), &TlvName::name);
  const auto number = small_number(arguments[0].text);
  if (name != tlv_names.end())
    arguments[0].reference = name->type;
  else if (number)
    arguments[0].reference = *number;
  else
    return check.fail(
        fmt::format("expects a number from 0 to 255 or the name of a TLV, got '{}'", arguments[0].text));
  return true;
}

bool check_unit(ArgumentValues arguments, ArgumentCheck& check) {
  if (!given(arguments[0]) || is_one_of(date_units, arguments[0].text)) return true;
  return check.fail(fmt::format("expects 's', 'ms' or 'us', got '{}'", arguments[0].text));
}

bool check_uuid(ArgumentValues arguments, ArgumentCheck& check) {
  const std::int64_t version = arguments[0].integer;
  if (!given(arguments[0]) || version == 4 || (version == 7 && check.language >= 300)) return true;
  return check.fail(fmt::format("Unsupported UUID version {}", version));
}

}  // namespace shunt::fetchers
