// Converters that cut, turn round or inspect text: cut_crlf, ltrim, rtrim, reverse, reverse_dom, has_ctl.
#include <algorithm>
#include <array>

#include "fetchers/argument_checks.hpp"
#include "fetchers/families.hpp"

namespace shunt::fetchers {
namespace {

bool cut_crlf(Context&, Arguments, Sample& sample) {
  sample.set_string(sample.text.substr(0, sample.text.find_first_of("\r\n")));
  return true;
}

bool ltrim(Context&, Arguments arguments, Sample& sample) {
  const std::size_t begin = sample.text.find_first_not_of(arguments[0].text);
  sample.set_string(sample.text.substr(std::min(begin, sample.text.size())));
  return true;
}

bool rtrim(Context&, Arguments arguments, Sample& sample) {
  const std::size_t last = sample.text.find_last_not_of(arguments[0].text);
  sample.set_string(sample.text.substr(0, last == std::string_view::npos ? 0 : last + 1));
  return true;
}

bool reverse(Context& context, Arguments, Sample& sample) {
  const std::span<char> room = context.scratch->allocate(sample.text.size());
  std::ranges::reverse_copy(sample.text, room.begin());
  sample.set_string({room.data(), room.size()});
  return true;
}

// "www.example.org" -> "org.example.www".
bool reverse_dom(Context& context, Arguments, Sample& sample) {
  const std::string_view name = sample.text;
  const std::span<char> room = context.scratch->allocate(name.size());
  auto end = room.end();
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t dot = std::min(name.find('.', begin), name.size());
    if (dot == begin) return false;
    end -= static_cast<std::ptrdiff_t>(dot - begin);
    std::copy_n(name.begin() + static_cast<std::ptrdiff_t>(begin), dot - begin, end);
    if (dot < name.size()) *--end = '.';
    begin = dot + 1;
  }
  sample.set_string({room.data(), room.size()});
  return true;
}

constexpr std::uint64_t all_controls = 0x1ffffffff;  // bit n is byte n, bit 32 is DEL
constexpr std::uint64_t without_tab = all_controls & ~(std::uint64_t{1} << '\t');

bool has_ctl(Context&, Arguments arguments, Sample& sample) {
  const std::uint64_t mask = arguments[0].type == ArgumentType::none
                                 ? without_tab
                                 : static_cast<std::uint64_t>(arguments[0].integer);
  const bool found = std::ranges::any_of(sample.text, [&](char c) {
    const auto byte = static_cast<std::uint8_t>(c);
    const unsigned bit = byte == 0x7f ? 32 : byte;
    return bit <= 32 && (byte != 32) && (mask >> bit & 1) != 0;
  });
  sample.set_boolean(found);
  return true;
}

constexpr ConverterRow editing(std::string_view name, ConvertFunction function, ArgumentSignature arguments,
                               std::string_view text, std::string_view since = {}) {
  return {.name = name,
          .arguments = arguments,
          .in = SampleType::str,
          .out = SampleType::str,
          .function = function,
          .since = since,
          .documentation = text};
}

constexpr ArgumentSignature characters = {.required = 1, .types = {ArgumentType::str}};

constexpr std::array rows = {
    editing("cut_crlf", cut_crlf, {}, "The text up to the first line end."),
    ConverterRow{.name = "has_ctl",
                 .arguments = {.types = {ArgumentType::str}, .check = check_has_ctl},
                 .in = SampleType::bin,
                 .out = SampleType::boolean,
                 .function = has_ctl,
                 .since = "3.5",
                 .documentation =
                     "True if a control character selected by the mask occurs; mask = 33-bit number, `any` "
                     "or `http`; default all but TAB."},
    editing("ltrim", ltrim, characters, "The text without the given characters at its beginning."),
    editing("reverse", reverse, {}, "Bytes in reverse order.", "3.4"),
    editing("reverse_dom", reverse_dom, {}, "Labels of a host name in reverse order; fails on empty labels.",
            "3.4"),
    editing("rtrim", rtrim, characters, "The text without the given characters at its end."),
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows edit_converters() { return rows; }

}  // namespace shunt::fetchers
