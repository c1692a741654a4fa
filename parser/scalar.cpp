// Times, sizes and integers.
#include "parser/scalar.hpp"

#include <fmt/core.h>

#include <charconv>
#include <limits>
#include <system_error>

#include "parser/ascii.hpp"

namespace shunt::parser {
namespace {

constexpr std::uint64_t max_time_ms = 0x7fffffff;

using ascii::is_digit;

struct TimeUnitRow {
  std::string_view name;
  TimeUnit unit;
  std::uint64_t us;
};
// "ms" before "m": the longer name is tried first.
constexpr TimeUnitRow time_units[] = {
    {"us", TimeUnit::us, 1},        {"ms", TimeUnit::ms, 1'000},       {"s", TimeUnit::s, 1'000'000},
    {"m", TimeUnit::m, 60'000'000}, {"h", TimeUnit::h, 3'600'000'000}, {"d", TimeUnit::d, 86'400'000'000},
};

struct SizeUnitRow {
  char letter;
  unsigned shift;
};
constexpr SizeUnitRow size_units[] = {{'k', 10}, {'K', 10}, {'m', 20}, {'M', 20}, {'g', 30}, {'G', 30}};

const TimeUnitRow* unit_at(std::string_view rest) {
  for (const TimeUnitRow& row : time_units)
    if (rest.starts_with(row.name)) return &row;
  return nullptr;
}

std::uint64_t factor(TimeUnit unit) {
  for (const TimeUnitRow& row : time_units)
    if (row.unit == unit) return row.us;
  return 1;
}

ScalarError unexpected(std::string_view text, std::size_t at) {
  if (at >= text.size()) return {.message = "expected a number", .at = at};
  return {.message = fmt::format("unexpected character '{}'", text[at]), .at = at};
}

ScalarError overflow_at(std::string_view text, std::size_t at) {
  ScalarError made = unexpected(text, at);
  made.kind = ScalarError::Kind::overflow;
  return made;
}

// 0: no unit.
unsigned size_shift(char letter) {
  for (const SizeUnitRow& row : size_units)
    if (row.letter == letter) return row.shift;
  return 0;
}

ScalarError time_overflow(std::string_view text) {
  return {.message =
              fmt::format("timer overflow in '{}' (maximum value is {} ms or ~24.8 days)", text, max_time_ms),
          .at = 0,
          .kind = ScalarError::Kind::overflow};
}

// The digits at the begin of the text; nullopt when they do not fit.
std::optional<std::uint64_t> digits(std::string_view text, std::size_t& used) {
  while (used < text.size() && is_digit(text[used])) ++used;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + used, value);
  if (error != std::errc{}) return std::nullopt;
  return value;
}

}  // namespace

Result<TimeValue, ScalarError> read_time(std::string_view text, TimeUnit default_unit) {
  std::size_t used = 0;
  if (text.empty() || !is_digit(text.front())) return unexpected(text, 0);
  const auto count = digits(text, used);
  const TimeUnitRow* row = unit_at(text.substr(used));
  if (row == nullptr && used != text.size()) return unexpected(text, used);
  const std::uint64_t us = row != nullptr ? row->us : factor(default_unit);
  const std::size_t end = used + (row != nullptr ? row->name.size() : 0);
  // Compared before multiplying, so that nothing wraps.
  if (!count || *count > max_time_ms * 1'000 / us) return time_overflow(text);
  const std::uint64_t ms = (*count * us + 999) / 1'000;
  return TimeValue{.value = std::chrono::milliseconds(ms), .has_unit = row != nullptr, .junk_at = end};
}

Result<std::chrono::milliseconds, ScalarError> parse_time(std::string_view text, TimeUnit default_unit) {
  auto read = read_time(text, default_unit);
  if (!read) return read.error();
  return read.value().value;
}

// Overflow is reported like HAProxy does: as the character that made the value too large.
Result<std::uint32_t, ScalarError> parse_size(std::string_view text) {
  constexpr std::uint64_t limit = std::numeric_limits<std::uint32_t>::max();
  std::uint64_t count = 0;
  std::size_t at = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) {
    count = count * 10 + static_cast<std::uint64_t>(text[at] - '0');
    if (count > limit) return overflow_at(text, at);
  }
  if (at == 0) return unexpected(text, 0);
  if (at == text.size()) return static_cast<std::uint32_t>(count);
  const unsigned shift = size_shift(text[at]);
  if (shift == 0) return unexpected(text, at);
  if (at + 1 != text.size()) return unexpected(text, at + 1);
  if (count > (limit >> shift)) return overflow_at(text, at);
  return static_cast<std::uint32_t>(count << shift);
}

Result<std::int64_t, ScalarError> parse_integer(std::string_view text) {
  const std::size_t sign = !text.empty() && (text.front() == '-' || text.front() == '+') ? 1 : 0;
  std::size_t at = sign;
  while (at < text.size() && is_digit(text[at])) ++at;
  if (at == sign || at != text.size()) return unexpected(text, at);
  std::int64_t value = 0;
  const std::size_t skipped = text.front() == '+' ? 1 : 0;
  const auto [end, error] = std::from_chars(text.data() + skipped, text.data() + text.size(), value);
  if (error != std::errc{})
    return ScalarError{.message = fmt::format("'{}' does not fit into 64 bits", text),
                       .at = 0,
                       .kind = ScalarError::Kind::overflow};
  return value;
}

std::int64_t leading_integer(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && (text[at] == ' ' || (text[at] >= '\t' && text[at] <= '\r'))) ++at;
  const bool negative = at < text.size() && text[at] == '-';
  if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  // Built below zero, which reaches one further than above; stays at the limit as strtol does.
  constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
  std::int64_t value = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) {
    const int digit = text[at] - '0';
    value = value < (lowest + digit) / 10 ? lowest : value * 10 - digit;
    if (value == lowest) break;
  }
  if (negative) return value;
  return value == lowest ? std::numeric_limits<std::int64_t>::max() : -value;
}

}  // namespace shunt::parser
