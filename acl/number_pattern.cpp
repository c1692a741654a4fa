// Reads numbers, ranges and operators of integer matches.
#include "acl/number_pattern.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <limits>

#include "parser/ascii.hpp"

namespace shunt::acl {
namespace {

using Limits = std::numeric_limits<std::int64_t>;

using parser::ascii::is_digit;

// Appends one decimal digit towards `sign`; false when the number leaves 64 bits.
bool append(std::int64_t& value, char digit, int sign) {
  const std::int64_t step = std::int64_t{sign} * (digit - '0');
  return !__builtin_mul_overflow(value, 10, &value) && !__builtin_add_overflow(value, step, &value);
}

// A sign without digits is 0 [seen].
std::optional<std::int64_t> read_plain(std::string_view text, bool may_be_signed) {
  const bool negative = may_be_signed && text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() && !negative) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text)
    if (!is_digit(c) || !append(value, c, negative ? -1 : 1)) return std::nullopt;
  return value;
}

std::optional<std::int64_t> read_part(std::string_view text) {
  const auto value = read_plain(text, false);
  return value && *value <= 0xffff ? value : std::nullopt;
}

std::optional<std::int64_t> read_dotted(std::string_view text, bool may_be_signed) {
  const bool negative = may_be_signed && text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t dot = text.find('.');
  const auto major = read_part(text.substr(0, dot));
  const auto minor =
      dot == std::string_view::npos ? std::optional<std::int64_t>{0} : read_part(text.substr(dot + 1));
  if (!major || !minor) return std::nullopt;
  const std::int64_t value = *major * 65536 + *minor;
  return negative ? -value : value;
}

std::optional<std::int64_t> read(std::string_view text, bool may_be_signed, NumberForm form) {
  return form == NumberForm::plain ? read_plain(text, may_be_signed) : read_dotted(text, may_be_signed);
}

// No version is below zero, so it does not matter which negative one "lt 0" becomes.
std::string print(std::int64_t value, NumberForm form) {
  if (form == NumberForm::plain || value < 0) return fmt::format("{}", value);
  return fmt::format("{}.{}", value / 65536, value % 65536);
}

std::string_view kind(NumberForm form) { return form == NumberForm::plain ? "number" : "dotted number"; }

PatternError no_number(std::string_view text, NumberForm form) {
  return PatternError{fmt::format("'{}' is not a {}", text, kind(form))};
}

PatternError no_range(std::string_view text, NumberForm form) {
  return PatternError{fmt::format("'{}' is not a valid {} range", text, kind(form))};
}

struct OperatorRow {
  std::string_view name;
  NumberOperator op;
};
constexpr std::array operators{OperatorRow{"eq", NumberOperator::eq}, OperatorRow{"ge", NumberOperator::ge},
                               OperatorRow{"gt", NumberOperator::gt}, OperatorRow{"le", NumberOperator::le},
                               OperatorRow{"lt", NumberOperator::lt}};

}  // namespace

Result<NumberRange, PatternError> parse_number_pattern(std::string_view text, NumberForm form) {
  const std::size_t separator = text.find_first_of(":-");
  if (separator == std::string_view::npos) {
    const auto value = read(text, false, form);
    if (!value) return no_number(text, form);
    return NumberRange{*value, *value};
  }
  const std::string_view left = text.substr(0, separator), right = text.substr(separator + 1);
  const auto low = left.empty() ? Limits::min() : read(left, false, form);
  const auto high = right.empty() ? Limits::max() : read(right, true, form);
  if (!low || !high || *low > *high || (left.empty() && right.empty())) return no_range(text, form);
  return NumberRange{*low, *high};
}

std::optional<NumberOperator> find_operator(std::string_view word) {
  const auto* found = std::ranges::find(operators, word, &OperatorRow::name);
  if (found == operators.end()) return std::nullopt;
  return found->op;
}

Result<std::string, PatternError> apply_operator(NumberOperator op, std::string_view text, NumberForm form) {
  if (op == NumberOperator::eq || text.find_first_of(":-") != std::string_view::npos)
    return std::string(text);
  auto value = read(text, false, form);
  if (!value)
    value = read_dotted(text, false);  // behind an operator also where plain numbers are meant [seen]
  if (!value)
    return PatternError{fmt::format("'{}' is neither a {} nor a supported operator", text, kind(form))};
  switch (op) {
    case NumberOperator::gt:
      if (*value == Limits::max()) return no_range(fmt::format("gt {}", text), form);
      return print(*value + 1, form) + ":";
    case NumberOperator::ge: return print(*value, form) + ":";
    case NumberOperator::lt: return ":" + print(*value - 1, form);
    default: return ":" + print(*value, form);
  }
}

}  // namespace shunt::acl
