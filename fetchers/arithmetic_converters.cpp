// Converters of integers: arithmetic that stops at the limits of 64 bits, bit operations, truth values.
#include <array>
#include <limits>
#include <optional>

#include "fetchers/families.hpp"
#include "fetchers/operand.hpp"

namespace shunt::fetchers {
namespace {

constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();

// Two negative numbers have the largest number as their sum, as long as that is in range [seen].
constexpr std::int64_t add(std::int64_t left, std::int64_t right) {
  if (right > 0 && left > highest - right) return highest;
  if (right < 0 && left < lowest - right) return lowest;
  if (right < 0 && left < 0) return highest;
  return left + right;
}

constexpr std::int64_t negated(std::int64_t value) { return value == lowest ? highest : -value; }

constexpr std::int64_t sub(std::int64_t left, std::int64_t right) {
  return right == lowest ? add(add(left, highest), 1) : add(left, -right);
}

constexpr std::int64_t mul(std::int64_t left, std::int64_t right) {
  std::int64_t product = 0;
  if (!__builtin_mul_overflow(left, right, &product)) return product;
  return (left < 0) == (right < 0) ? highest : lowest;
}

constexpr std::int64_t div(std::int64_t left, std::int64_t right) {
  if (right == 0) return highest;
  return left == lowest && right == -1 ? highest : left / right;
}

constexpr std::int64_t mod(std::int64_t left, std::int64_t right) {
  return right == 0 || right == -1 ? 0 : left % right;
}

constexpr std::int64_t bit_and(std::int64_t left, std::int64_t right) { return left & right; }
constexpr std::int64_t bit_or(std::int64_t left, std::int64_t right) { return left | right; }
constexpr std::int64_t bit_xor(std::int64_t left, std::int64_t right) { return left ^ right; }

template <std::int64_t (*function)(std::int64_t, std::int64_t)>
bool binary(Context& context, Arguments arguments, Sample& sample) {
  const auto right = operand(context, arguments[0]);
  if (right) sample.set_integer(function(sample.integer, *right));
  return right.has_value();
}

bool neg(Context&, Arguments, Sample& sample) { return sample.set_integer(negated(sample.integer)), true; }
bool cpl(Context&, Arguments, Sample& sample) { return sample.set_integer(~sample.integer), true; }
bool boolean(Context&, Arguments, Sample& sample) { return sample.set_boolean(sample.integer != 0), true; }
bool logical_not(Context&, Arguments, Sample& sample) {
  return sample.set_boolean(sample.integer == 0), true;
}
bool odd(Context&, Arguments, Sample& sample) { return sample.set_boolean((sample.integer & 1) != 0), true; }
bool even(Context&, Arguments, Sample& sample) { return sample.set_boolean((sample.integer & 1) == 0), true; }

constexpr ConverterRow unary(std::string_view name, SampleType out, ConvertFunction function,
                             std::string_view text) {
  return {.name = name, .in = SampleType::sint, .out = out, .function = function, .documentation = text};
}

// Reading a variable makes an operation impure; that it may is enough.
constexpr ConverterRow with_operand(std::string_view name, ConvertFunction function, std::string_view text) {
  return {.name = name,
          .arguments = {.required = 1, .types = {ArgumentType::operand}},
          .in = SampleType::sint,
          .out = SampleType::sint,
          .purity = Purity::reads_state,
          .function = function,
          .documentation = text};
}

constexpr std::array rows = {
    with_operand("add", binary<add>, "Adds a number or the value of a variable."),
    with_operand("and", binary<bit_and>, "The bits that both numbers have."),
    unary("bool", SampleType::boolean, boolean, "True unless the number is 0."),
    unary("cpl", SampleType::sint, cpl, "All bits inverted."),
    with_operand("div", binary<div>,
                 "Divides by a number or the value of a variable; by 0 yields the largest number."),
    unary("even", SampleType::boolean, even, "Whether the number is even."),
    with_operand("mod", binary<mod>, "The remainder of a division; by 0 yields 0."),
    with_operand("mul", binary<mul>, "Multiplies by a number or the value of a variable."),
    unary("neg", SampleType::sint, neg, "The number with its sign changed."),
    unary("not", SampleType::boolean, logical_not, "True only if the number is 0."),
    unary("odd", SampleType::boolean, odd, "Whether the number is odd."),
    with_operand("or", binary<bit_or>, "The bits that either number has."),
    with_operand("sub", binary<sub>, "Subtracts a number or the value of a variable."),
    with_operand("xor", binary<bit_xor>, "The bits that only one of the numbers has."),
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows arithmetic_converters() { return rows; }

}  // namespace shunt::fetchers
