// Converters between bytes and numbers in writing: base2, be2dec, be2hex, le2dec, hex2i, htonl.
#include <algorithm>
#include <array>
#include <charconv>

#include "fetchers/argument_checks.hpp"
#include "fetchers/families.hpp"
#include "parser/ascii.hpp"

namespace shunt::fetchers {
namespace {

bool base2(Context& context, Arguments, Sample& sample) {
  const std::span<char> room = context.scratch->allocate(sample.text.size() * 8);
  for (std::size_t i = 0; i < room.size(); ++i)
    room[i] = (static_cast<std::uint8_t>(sample.text[i / 8]) >> (7 - i % 8) & 1) != 0 ? '1' : '0';
  sample.set_string({room.data(), room.size()});
  return true;
}

// How the bytes are cut: be2dec(separator,size,truncate). Without a size there is one chunk.
struct Chunks {
  std::string_view bytes;
  std::string_view separator;
  std::size_t size = 0;

  Chunks(std::string_view all, Arguments arguments) : bytes(all), separator(arguments[0].text) {
    size = arguments[1].integer > 0 ? static_cast<std::size_t>(arguments[1].integer) : bytes.size();
    const bool whole_only = arguments[2].integer != 0 && size != 0;
    if (whole_only) bytes.remove_suffix(bytes.size() % size);
  }
  [[nodiscard]] std::size_t count() const { return size == 0 ? 0 : (bytes.size() + size - 1) / size; }
  [[nodiscard]] std::string_view operator[](std::size_t index) const {
    return bytes.substr(index * size, size);
  }
};

template <bool little>
std::uint64_t number_of(std::string_view chunk) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < chunk.size(); ++i)
    value = value << 8 | static_cast<std::uint8_t>(chunk[little ? chunk.size() - 1 - i : i]);
  return value;
}

template <bool little>
bool to_decimal(Context& context, Arguments arguments, Sample& sample) {
  const Chunks chunks(sample.text, arguments);
  constexpr std::size_t longest = 20;
  const std::span<char> room =
      context.scratch->allocate(chunks.count() * (longest + chunks.separator.size()));
  char* end = room.data();
  for (std::size_t i = 0; i < chunks.count(); ++i) {
    if (i != 0) end = std::copy(chunks.separator.begin(), chunks.separator.end(), end);
    end = std::to_chars(end, room.data() + room.size(), number_of<little>(chunks[i])).ptr;
  }
  sample.set_string({room.data(), static_cast<std::size_t>(end - room.data())});
  return true;
}

bool to_hex(Context& context, Arguments arguments, Sample& sample) {
  const Chunks chunks(sample.text, arguments);
  const std::span<char> room =
      context.scratch->allocate(chunks.bytes.size() * 2 + chunks.count() * chunks.separator.size());
  char* end = room.data();
  for (std::size_t i = 0; i < chunks.count(); ++i) {
    if (i != 0) end = std::copy(chunks.separator.begin(), chunks.separator.end(), end);
    for (const char c : chunks[i]) {
      *end++ = parser::ascii::upper_hex[static_cast<std::uint8_t>(c) >> 4];
      *end++ = parser::ascii::upper_hex[static_cast<std::uint8_t>(c) & 15];
    }
  }
  sample.set_string({room.data(), static_cast<std::size_t>(end - room.data())});
  return true;
}

// The lowest 64 bits; nothing is 0.
bool hex2i(Context&, Arguments, Sample& sample) {
  std::uint64_t value = 0;
  for (const char c : sample.text) {
    const int digit = parser::ascii::hex_value(c);
    if (digit < 0) return false;
    value = value << 4 | static_cast<std::uint64_t>(digit);
  }
  sample.set_integer(static_cast<std::int64_t>(value));
  return true;
}

bool htonl(Context& context, Arguments, Sample& sample) {
  const std::span<char> room = context.scratch->allocate(4);
  for (std::size_t i = 0; i < 4; ++i)
    room[i] = static_cast<char>(static_cast<std::uint64_t>(sample.integer) >> (24 - 8 * i));
  sample.set_binary({room.data(), room.size()});
  return true;
}

constexpr ConverterRow chunked(std::string_view name, ConvertFunction function,
                               bool (*check)(ArgumentValues, ArgumentCheck&), std::string_view text,
                               std::string_view since = {}) {
  return {.name = name,
          .arguments = {.required = 1,
                        .types = {ArgumentType::str, ArgumentType::sint, ArgumentType::sint},
                        .check = check},
          .in = SampleType::bin,
          .out = SampleType::str,
          .function = function,
          .since = since,
          .documentation = text};
}

constexpr std::array rows = {
    ConverterRow{.name = "base2",
                 .in = SampleType::bin,
                 .out = SampleType::str,
                 .function = base2,
                 .since = "3.3",
                 .documentation = "Binary digits, 8 per input byte."},
    chunked("be2dec", to_decimal<false>, check_be2dec,
            "Big-endian chunks of the bytes as decimal numbers with a separator."),
    chunked("be2hex", to_hex, check_be2hex, "Chunks of the bytes as hexadecimal digits with a separator."),
    ConverterRow{.name = "hex2i",
                 .in = SampleType::str,
                 .out = SampleType::sint,
                 .function = hex2i,
                 .documentation = "A hexadecimal text as a number."},
    ConverterRow{.name = "htonl",
                 .in = SampleType::sint,
                 .out = SampleType::bin,
                 .function = htonl,
                 .documentation = "A number as four bytes in network order."},
    chunked("le2dec", to_decimal<true>, check_be2dec,
            "Little-endian chunks → decimal numbers; separator, chunk size 1..8, truncate flag.", "3.3"),
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows number_converters() { return rows; }

}  // namespace shunt::fetchers
