// Converters of FIX messages (tag=value, each ended by the byte 1): fix_is_valid, fix_tag_value.
#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include "fetchers/argument_checks.hpp"
#include "fetchers/families.hpp"

namespace shunt::fetchers {
namespace {

constexpr char separator = '\x01';
constexpr std::size_t shortest = 26;  // of a message that can be valid; below it more is waited for [seen]
constexpr std::int64_t begin_string = 8, body_length = 9, message_type = 35, check_sum = 10;
constexpr std::array<std::string_view, 6> versions = {"FIX.4.0", "FIX.4.1", "FIX.4.2",
                                                      "FIX.4.3", "FIX.4.4", "FIXT.1.1"};
constexpr std::string_view check_sum_form = "10=000\x01";

struct Field {
  std::int64_t tag = 0;  // too large a number is the largest
  std::string_view value = {};
  std::size_t size = 0;  // with tag and separator
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

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

// One more field of the body, or of the head.
std::optional<Field> take(std::string_view& rest, std::int64_t tag) {
  const auto field = read_field(rest);
  if (!field || field->tag != tag) return std::nullopt;
  rest.remove_prefix(field->size);
  return field;
}

bool is_body(std::string_view body) {
  if (!take(body, message_type)) return false;
  while (!body.empty()) {
    const auto field = read_field(body);
    if (!field || field->tag > std::numeric_limits<std::int32_t>::max()) return false;
    body.remove_prefix(field->size);
  }
  return true;
}

bool has_check_sum(std::string_view text, std::size_t at) {
  std::string_view rest = text.substr(at);
  const auto field = take(rest, check_sum);
  if (!field || field->size != check_sum_form.size() || !std::ranges::all_of(field->value, is_digit))
    return false;
  unsigned sum = 0, given = 0;
  for (const char c : text.substr(0, at)) sum += static_cast<std::uint8_t>(c);
  std::from_chars(field->value.data(), field->value.data() + field->value.size(), given);
  return sum % 256 == given;
}

// nullopt: not all of it has come.
std::optional<bool> is_message(std::string_view text) {
  if (text.size() < shortest) return std::nullopt;
  std::string_view rest = text;
  const auto version = take(rest, begin_string);
  if (!version || std::ranges::find(versions, version->value) == versions.end()) return false;
  const auto length = take(rest, body_length);
  std::size_t size = 0;
  if (!length) return false;
  const char* end = length->value.data() + length->value.size();
  const auto [stop, fault] = std::from_chars(length->value.data(), end, size);
  if (fault != std::errc{} || stop != end) return false;
  if (size > rest.size() || rest.size() - size < check_sum_form.size()) return std::nullopt;
  return is_body(rest.substr(0, size)) && has_check_sum(text, text.size() - rest.size() + size);
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
