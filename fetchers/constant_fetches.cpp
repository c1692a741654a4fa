// Fetches that yield what the file says: always_true, int(5), str(x), bin(0a).
#include <array>

#include "fetchers/families.hpp"
#include "fetchers/places.hpp"
#include "parser/ascii.hpp"

namespace shunt::fetchers {
namespace {

constexpr Fetched certain{.found = true, .may_change = false};

Fetched always_true(Context&, Arguments, Sample& out) {
  out.set_boolean(true);
  return certain;
}

Fetched always_false(Context&, Arguments, Sample& out) {
  out.set_boolean(false);
  return certain;
}

Fetched boolean(Context&, Arguments arguments, Sample& out) {
  out.set_boolean(arguments[0].integer != 0);
  return certain;
}

Fetched integer(Context&, Arguments arguments, Sample& out) {
  out.set_integer(arguments[0].integer);
  return certain;
}

Fetched text(Context&, Arguments arguments, Sample& out) {
  out.set_string(arguments[0].text);
  return certain;
}

Fetched binary(Context&, Arguments arguments, Sample& out) {
  out.set_binary(arguments[0].text);
  return certain;
}

Fetched method(Context&, Arguments arguments, Sample& out) {
  out.type = SampleType::method;
  out.text = arguments[0].text;
  return certain;
}

Fetched ipv4(Context&, Arguments arguments, Sample& out) {
  out.type = SampleType::ipv4;
  out.address = arguments[0].address;
  return certain;
}

Fetched ipv6(Context&, Arguments arguments, Sample& out) {
  out.type = SampleType::ipv6;
  out.address = arguments[0].address;
  return certain;
}

bool check_boolean(std::span<ArgumentValue> arguments, ArgumentCheck& check) {
  const std::string word = parser::ascii::lowered(arguments[0].text);
  if (word != "true" && word != "false" && word != "1" && word != "0") {
    check.error = "Expects 'true', 'false', '0' or '1'";
    return false;
  }
  arguments[0].integer = word == "true" || word == "1" ? 1 : 0;
  return true;
}

bool check_binary(std::span<ArgumentValue> arguments, ArgumentCheck& check) {
  const std::string& digits = arguments[0].text;
  const auto odd = std::ranges::find_if(digits, [](char c) { return parser::ascii::hex_value(c) < 0; });
  if (odd != digits.end()) {
    check.error = std::string("an hex digit is expected (found '") + *odd + "')";
    return false;
  }
  if (digits.empty() || digits.size() % 2 != 0) {
    check.error = "an even number of hex digit is expected";
    return false;
  }
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2)
    bytes +=
        static_cast<char>(parser::ascii::hex_value(digits[i]) * 16 + parser::ascii::hex_value(digits[i + 1]));
  arguments[0].text = bytes;
  return true;
}

constexpr ArgumentSignature one(ArgumentType type,
                                bool (*check)(std::span<ArgumentValue>, ArgumentCheck&) = nullptr) {
  return {.required = 1, .types = {type}, .check = check};
}

constexpr std::array rows = {
    FetchRow{.name = "always_false",
             .out = SampleType::boolean,
             .places = places::anywhere,
             .function = always_false,
             .documentation = "Always false.",
             .constant = true},
    FetchRow{.name = "always_true",
             .out = SampleType::boolean,
             .places = places::anywhere,
             .function = always_true,
             .documentation = "Always true.",
             .constant = true},
    FetchRow{.name = "bin",
             .arguments = one(ArgumentType::str, check_binary),
             .out = SampleType::bin,
             .places = places::anywhere,
             .function = binary,
             .documentation = "The bytes written as hexadecimal digits.",
             .constant = true},
    FetchRow{.name = "bool",
             .arguments = one(ArgumentType::str, check_boolean),
             .out = SampleType::boolean,
             .places = places::anywhere,
             .function = boolean,
             .documentation = "The boolean true, false, 1 or 0.",
             .constant = true},
    FetchRow{.name = "int",
             .arguments = one(ArgumentType::sint),
             .out = SampleType::sint,
             .places = places::anywhere,
             .function = integer,
             .documentation = "The signed integer.",
             .constant = true},
    FetchRow{.name = "ipv4",
             .arguments = one(ArgumentType::ipv4),
             .out = SampleType::ipv4,
             .places = places::anywhere,
             .function = ipv4,
             .documentation = "The IPv4 address.",
             .constant = true},
    FetchRow{.name = "ipv6",
             .arguments = one(ArgumentType::ipv6),
             .out = SampleType::ipv6,
             .places = places::anywhere,
             .function = ipv6,
             .documentation = "The IPv6 address.",
             .constant = true},
    FetchRow{.name = "meth",
             .arguments = one(ArgumentType::str),
             .out = SampleType::method,
             .places = places::anywhere,
             .function = method,
             .documentation = "The HTTP method.",
             .constant = true},
    FetchRow{.name = "str",
             .arguments = one(ArgumentType::str),
             .out = SampleType::str,
             .places = places::anywhere,
             .function = text,
             .documentation = "The text.",
             .constant = true},
};
static_assert(sorted_and_unique(rows));

}  // namespace

FetchRows constant_fetches() { return rows; }

}  // namespace shunt::fetchers
