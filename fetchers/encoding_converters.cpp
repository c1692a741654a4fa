// Converters between bytes and their written forms, and the masking of addresses.
#include <array>

#include "fetchers/base64.hpp"
#include "fetchers/families.hpp"

namespace shunt::fetchers {
namespace {

bool hex(Context& context, Arguments, Sample& sample) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const std::span<char> room = context.scratch->allocate(sample.text.size() * 2);
  for (std::size_t i = 0; i < sample.text.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(sample.text[i]);
    room[2 * i] = digits[byte >> 4];
    room[2 * i + 1] = digits[byte & 15];
  }
  sample.set_string({room.data(), room.size()});
  return true;
}

template <Base64 kind>
bool encode(Context& context, Arguments, Sample& sample) {
  sample.set_string(base64_encode(sample.text, kind, *context.scratch));
  return true;
}

template <Base64 kind>
bool decode(Context& context, Arguments, Sample& sample) {
  const auto bytes = base64_decode(sample.text, kind, *context.scratch);
  if (bytes) sample.set_binary(*bytes);
  return bytes.has_value();
}

void mask(Sample& sample, const ArgumentValue& argument, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) sample.address[i] = sample.address[i] & argument.address[i];
}

// A mapped IPv4 address is masked as IPv4; another IPv6 one has no value without an IPv6 mask.
bool ipmask(Context& context, Arguments arguments, Sample& sample) {
  Sample ipv4 = sample;
  if (cast(ipv4, SampleType::ipv4, *context.scratch)) {
    sample = ipv4;
    mask(sample, arguments[0], 4);
    return true;
  }
  if (arguments[1].type == ArgumentType::none) return false;
  mask(sample, arguments[1], 16);
  return true;
}

constexpr std::array rows = {
    ConverterRow{.name = "b64dec",
                 .in = SampleType::str,
                 .out = SampleType::bin,
                 .function = decode<Base64::standard>,
                 .documentation = "The bytes of a Base64 text."},
    ConverterRow{.name = "base64",
                 .in = SampleType::bin,
                 .out = SampleType::str,
                 .function = encode<Base64::standard>,
                 .documentation = "The bytes as Base64 text."},
    ConverterRow{.name = "hex",
                 .in = SampleType::bin,
                 .out = SampleType::str,
                 .function = hex,
                 .documentation = "The bytes as upper-case hexadecimal digits."},
    ConverterRow{.name = "ipmask",
                 .arguments = {.required = 1, .types = {ArgumentType::mask4, ArgumentType::mask6}},
                 .in = SampleType::addr,
                 .out = SampleType::addr,
                 .function = ipmask,
                 .documentation = "The address with the bits outside the mask cleared."},
    ConverterRow{.name = "ub64dec",
                 .in = SampleType::str,
                 .out = SampleType::bin,
                 .function = decode<Base64::url>,
                 .documentation = "The bytes of a Base64 text for URLs."},
    ConverterRow{.name = "ub64enc",
                 .in = SampleType::bin,
                 .out = SampleType::str,
                 .function = encode<Base64::url>,
                 .documentation = "The bytes as Base64 text for URLs."},
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows encoding_converters() { return rows; }

}  // namespace shunt::fetchers
