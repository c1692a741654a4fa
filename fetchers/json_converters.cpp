// Converters from and to JSON: json, json_query.
#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "fetchers/argument_checks.hpp"
#include "fetchers/families.hpp"
#include "fetchers/json_query.hpp"
#include "parser/ascii.hpp"

namespace shunt::fetchers {
namespace {

// What a decoder makes of faults: `fixes` takes overlong forms as what they mean, `skips` leaves faults out.
struct Decoder {
  std::string_view name;
  bool utf8 = true;
  bool fixes = false;
  bool skips = false;
};
constexpr std::array decoders = {
    Decoder{"utf8"},
    Decoder{.name = "utf8s", .skips = true},
    Decoder{.name = "utf8p", .fixes = true},
    Decoder{.name = "utf8ps", .fixes = true, .skips = true},
};
constexpr Decoder ascii{.name = "ascii", .utf8 = false};

// One character: how many bytes it takes, its code point, and whether it is sound.
struct Character {
  std::size_t size = 1;
  std::uint32_t code = 0;
  bool sound = true;
  bool overlong = false;
};

constexpr std::array<std::uint32_t, 7> lowest = {0, 0, 0x80, 0x800, 0x10000, 0x200000, 0x4000000};

bool is_allowed(std::uint32_t code) {
  return (code < 0xd800 || code > 0xdfff) && code != 0xfffe && code != 0xffff;
}

// Forms of up to six bytes are read, as the first UTF-8 had them. The bytes of a broken one go together.
Character read_utf8(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {.code = lead};
  std::size_t size = 0;
  while (size < 8 && (lead << size & 0x80) != 0) ++size;
  if (size < 2 || size > 6) return {.sound = false};
  Character made{.size = 1, .code = lead & (0x7fu >> size)};
  while (made.size < size && made.size < text.size() && (byte(made.size) & 0xc0) == 0x80)
    made.code = made.code << 6 | (byte(made.size++) & 0x3fu);
  made.sound = made.size == size && is_allowed(made.code);
  made.overlong = made.size == size && made.code < lowest[size];
  return made;
}

struct ShortEscape {
  char byte;
  char letter;
};
constexpr std::array short_escapes = {ShortEscape{'"', '"'},  ShortEscape{'\\', '\\'}, ShortEscape{'/', '/'},
                                      ShortEscape{'\b', 'b'}, ShortEscape{'\f', 'f'},  ShortEscape{'\n', 'n'},
                                      ShortEscape{'\r', 'r'}, ShortEscape{'\t', 't'}};

char* write_escaped(std::uint32_t code, char* out) {
  constexpr std::string_view digits = parser::ascii::lower_hex;
  const auto* row = std::ranges::find(short_escapes, code,
                                      [](const auto& e) { return static_cast<std::uint32_t>(e.byte); });
  if (row != short_escapes.end()) {
    *out++ = '\\', *out++ = row->letter;
  } else if (code >= 0x20 && code < 0x7f) {
    *out++ = static_cast<char>(code);
  } else {
    *out++ = '\\', *out++ = 'u';
    for (int shift = 12; shift >= 0; shift -= 4) *out++ = digits[code >> shift & 15];
  }
  return out;
}

bool json(Context& context, Arguments arguments, Sample& sample) {
  const auto* found = std::ranges::find(decoders, arguments[0].text, &Decoder::name);
  const Decoder& decoder = found == decoders.end() ? ascii : *found;
  constexpr std::size_t longest = 6;
  const std::span<char> room = context.scratch->allocate(sample.text.size() * longest);
  char* end = room.data();
  for (std::string_view rest = sample.text; !rest.empty();) {
    const Character character =
        decoder.utf8 ? read_utf8(rest) : Character{.code = static_cast<std::uint8_t>(rest.front())};
    rest.remove_prefix(character.size);
    const bool good = character.sound && (!character.overlong || decoder.fixes) && character.code <= 0xffff;
    if (good)
      end = write_escaped(character.code, end);
    else if (!decoder.skips)
      return false;
  }
  sample.set_string({room.data(), static_cast<std::size_t>(end - room.data())});
  return true;
}

bool query(Context& context, Arguments arguments, Sample& sample) {
  return query_json(sample.text, arguments[0].text, !arguments[1].text.empty(), *context.scratch, sample);
}

constexpr std::array rows = {
    ConverterRow{.name = "json",
                 .arguments = {.required = 1, .types = {ArgumentType::str}, .check = check_json},
                 .in = SampleType::str,
                 .out = SampleType::str,
                 .function = json,
                 .documentation = "The text escaped for JSON."},
    ConverterRow{.name = "json_query",
                 .arguments = {.required = 1,
                               .types = {ArgumentType::str, ArgumentType::str},
                               .check = check_json_query},
                 .in = SampleType::str,
                 .out = SampleType::any,
                 .function = query,
                 .documentation = "The value at a JSON path."},
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows json_converters() { return rows; }

}  // namespace shunt::fetchers
