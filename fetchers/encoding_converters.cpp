// Converters between bytes and their written forms, and the masking of addresses.
#include <array>

#include "fetchers/families.hpp"

namespace shunt::fetchers {
namespace {

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

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

bool base64(Context& context, Arguments, Sample& sample) {
  const std::string_view bytes = sample.text;
  const std::span<char> room = context.scratch->allocate((bytes.size() + 2) / 3 * 4);
  for (std::size_t in = 0, out = 0; in < bytes.size(); in += 3, out += 4) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8 | (in + i < bytes.size() ? static_cast<std::uint8_t>(bytes[in + i]) : 0u);
    for (std::size_t i = 0; i < 4; ++i)
      room[out + i] = in + i <= bytes.size() ? base64_digits[group >> (18 - 6 * i) & 63] : '=';
  }
  sample.set_string({room.data(), room.size()});
  return true;
}

// Strict: whole groups of four, '=' only at the end.
bool b64dec(Context& context, Arguments, Sample& sample) {
  std::string_view text = sample.text;
  if (text.size() % 4 != 0) return false;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  text.remove_suffix(padding);
  const std::span<char> room = context.scratch->allocate(text.size() * 3 / 4);
  std::uint32_t group = 0;
  std::size_t out = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t digit = base64_digits.find(text[i]);
    if (digit == std::string_view::npos) return false;
    group = group << 6 | static_cast<std::uint32_t>(digit);
    if (i % 4 != 0) room[out++] = static_cast<char>(group >> (6 - 2 * (i % 4)));
  }
  sample.set_binary({room.data(), out});
  return true;
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
                 .function = b64dec,
                 .documentation = "The bytes of a Base64 text."},
    ConverterRow{.name = "base64",
                 .in = SampleType::bin,
                 .out = SampleType::str,
                 .function = base64,
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
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows encoding_converters() { return rows; }

}  // namespace shunt::fetchers
