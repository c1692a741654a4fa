// Converters of FIX messages (tag=value, each ended by the byte 1): fix_is_valid, fix_tag_value.
#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include "fetchers/argument_checks.hpp"
#include "fetchers/families.hpp"
#include "parser/ascii.hpp"

namespace shunt::fetchers {
namespace {

constexpr char separator = '\x01';
constexpr std::size_t shortest = 26;  // of a message that can be valid; below it more is waited for [seen]
constexpr std::int64_t begin_string = 8, body_length = 9, message_type = 35, check_sum = 10;
constexpr std::array<std::string_view, 6> versions = {"FIX.4.0", "FIX.4.1", "FIX.4.2",
                                                      "FIX.4.3", "FIX.4.4", "FIXT.1.1"};

struct Field {
  std::int64_t tag = 0;  // too large a number is the largest
  std::string_view value = {};
  std::size_t size = 0;  // with tag and separator
};

using parser::ascii::is_digit;

// nullopt: the tag is no number above 0, or the field is not complete.
std::optional<Field> read_field(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 ||
      !std::ranges::all_of(text.substr(0, equals), is_digit))
    return std::nullopt;
  Field field{.tag = std::numeric_limits<std::int64_t>::max()};
  std::from_chars(text.data(), text.data() + equals, field.tag);
  const std::size_t end = text.find(separator, equals);
  if (field.tag == 0 || end == std::string_view::npos) return std::nullopt;
  field.value = text.substr(equals + 1, end - equals - 1);
  field.size = end + 1;
  return field;
}

// Of what is no field: whether more bytes could make it one.
bool may_become_field(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return true;
  return equals != 0 && text.find_first_not_of('0') != equals &&
         std::ranges::all_of(text.substr(0, equals), is_digit);
}

constexpr std::int64_t largest_tag = std::numeric_limits<std::int32_t>::max() - 1;

bool is_sum(std::string_view before, std::string_view digits) {
  constexpr std::size_t width = 3;
  unsigned sum = 0, given = 0;
  for (const char c : before) sum += static_cast<std::uint8_t>(c);
  std::from_chars(digits.data(), digits.data() + digits.size(), given);
  return digits.size() == width && std::ranges::all_of(digits, is_digit) && sum % 256 == given;
}

bool is_number(std::string_view text, std::size_t expected) {
  std::size_t number = 0;
  const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  return fault == std::errc{} && stop == text.data() + text.size() && number == expected;
}

// Field after field up to the check sum, which ends the message wherever it stands. nullopt: not all of it
// has come.
std::optional<bool> is_message(std::string_view text) {
  constexpr std::array head = {begin_string, body_length, message_type};
  if (text.size() < shortest) return std::nullopt;
  std::string_view rest = text, length;
  std::size_t body = 0;
  for (std::size_t index = 0;; ++index) {
    const std::string_view before = text.substr(0, text.size() - rest.size());
    const auto field = read_field(rest);
    if (!field && may_become_field(rest)) return std::nullopt;
    if (!field || field->tag > largest_tag) return false;
    if (index < head.size() && field->tag != head[index]) return false;
    if (index == 0 && std::ranges::find(versions, field->value) == versions.end()) return false;
    rest.remove_prefix(field->size);
    if (index == 1) length = field->value, body = text.size() - rest.size();
    if (field->tag == check_sum)
      return is_number(length, before.size() - body) && is_sum(before, field->value);
  }
}

bool is_valid(Context&, Arguments, Sample& sample) {
  const auto valid = is_message(sample.text);
  if (valid) sample.set_boolean(*valid);
  return valid.has_value();
}

bool tag_value(Context&, Arguments arguments, Sample& sample) {
  std::string_view rest = sample.text;
  while (const auto field = read_field(rest)) {
    if (field->tag == arguments[0].integer) {
      sample.set_binary(field->value);
      return !field->value.empty();
    }
    rest.remove_prefix(field->size);
  }
  return false;
}

constexpr std::array rows = {
    ConverterRow{.name = "fix_is_valid",
                 .in = SampleType::bin,
                 .out = SampleType::boolean,
                 .function = is_valid,
                 .documentation = "Whether the bytes are a valid FIX message."},
    ConverterRow{.name = "fix_tag_value",
                 .arguments = {.required = 1, .types = {ArgumentType::str}, .check = check_fix_tag_value},
                 .in = SampleType::bin,
                 .out = SampleType::bin,
                 .function = tag_value,
                 .documentation = "The value of a tag of a FIX message."},
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows fix_converters() { return rows; }

}  // namespace shunt::fetchers
