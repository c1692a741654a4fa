// Converters of URLs and of what HTTP headers carry: url_dec, url_enc, param, host_only, port_only, language.
#include <algorithm>
#include <array>
#include <optional>

#include "fetchers/argument_checks.hpp"
#include "fetchers/families.hpp"
#include "parser/ascii.hpp"

namespace shunt::fetchers {
namespace {

using parser::ascii::hex_value;
using parser::ascii::is_digit;
using parser::ascii::lower;

constexpr bool is_unreserved(char c) {
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' || c == '.' || c == '_' || c == '~';
}

// '+' is a blank behind the first question mark, or everywhere when the argument is not 0.
bool url_dec(Context& context, Arguments arguments, Sample& sample) {
  const std::string_view text = sample.text;
  const std::span<char> room = context.scratch->allocate(text.size());
  bool in_query = arguments[0].integer != 0;
  std::size_t out = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    if (c == '?') in_query = true;
    if (c == '+' && in_query) c = ' ';
    if (c == '%') {
      if (text.size() - at < 3 || hex_value(text[at + 1]) < 0 || hex_value(text[at + 2]) < 0) return false;
      c = static_cast<char>(hex_value(text[at + 1]) * 16 + hex_value(text[at + 2]));
      at += 2;
    }
    room[out++] = c;
  }
  sample.set_string({room.data(), out});
  return true;
}

bool url_enc(Context& context, Arguments, Sample& sample) {
  const std::span<char> room = context.scratch->allocate(sample.text.size() * 3);
  std::size_t out = 0;
  for (const char c : sample.text) {
    if (is_unreserved(c)) {
      room[out++] = c;
      continue;
    }
    room[out++] = '%';
    room[out++] = parser::ascii::upper_hex[static_cast<std::uint8_t>(c) >> 4];
    room[out++] = parser::ascii::upper_hex[static_cast<std::uint8_t>(c) & 15];
  }
  sample.set_string({room.data(), out});
  return true;
}

// One character, or 0xHH.
char delimiter_of(std::string_view text) {
  if (text.size() == 4 && text.starts_with("0x") && hex_value(text[2]) >= 0 && hex_value(text[3]) >= 0)
    return static_cast<char>(hex_value(text[2]) * 16 + hex_value(text[3]));
  return text.empty() ? '&' : text.front();
}

bool param(Context&, Arguments arguments, Sample& sample) {
  const std::string_view name = arguments[0].text;
  const char delimiter = delimiter_of(arguments[1].text);
  std::string_view rest = sample.text;
  for (;;) {
    const std::size_t end = std::min(rest.find(delimiter), rest.size());
    const std::string_view part = rest.substr(0, end);
    if (part.starts_with(name) && (part.size() == name.size() || part[name.size()] == '=')) {
      sample.set_string(part.substr(std::min(name.size() + 1, part.size())));
      return true;
    }
    if (end == rest.size()) return false;
    rest.remove_prefix(end + 1);
  }
}

// Where the port begins: behind the last colon, unless that belongs to an IPv6 address in brackets.
std::size_t colon_of(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  const std::size_t bracket = host.rfind(']');
  return bracket != std::string_view::npos && colon != std::string_view::npos && colon < bracket
             ? std::string_view::npos
             : colon;
}

bool host_only(Context& context, Arguments, Sample& sample) {
  const std::string_view host = sample.text.substr(0, colon_of(sample.text));
  const std::span<char> room = context.scratch->allocate(host.size());
  std::ranges::transform(host, room.begin(), lower);
  sample.set_string({room.data(), room.size()});
  return true;
}

// Every byte counts as a digit [seen]; 32 bits.
bool port_only(Context&, Arguments, Sample& sample) {
  const std::size_t colon = colon_of(sample.text);
  std::uint32_t port = 0;
  if (colon != std::string_view::npos)
    for (const char c : sample.text.substr(colon + 1))
      port = port * 10 + static_cast<std::uint32_t>(static_cast<std::uint8_t>(c) - '0');
  sample.set_integer(port);
  return true;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view skip_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}

// "0.5" in thousandths; more than 1 is 1.
int quality(std::string_view text) {
  int value = 0, factor = 1000;
  if (text.empty() || !is_digit(text.front())) return 1000;
  value = (text.front() - '0') * factor;
  text.remove_prefix(1);
  if (!text.starts_with('.')) return std::min(value, 1000);
  for (const char c : text.substr(1)) {
    if (!is_digit(c) || factor == 1) break;
    factor /= 10;
    value += (c - '0') * factor;
  }
  return std::min(value, 1000);
}

// What `;q=...` says; 1000 without it, or when another parameter stands before it [seen].
int quality_behind(std::string_view parameters) {
  if (!parameters.starts_with(';')) return 1000;
  parameters = skip_blanks(parameters.substr(1));
  if (!parameters.starts_with('q')) return 1000;
  parameters = skip_blanks(parameters.substr(1));
  return parameters.starts_with('=') ? quality(skip_blanks(parameters.substr(1))) : 1000;
}

// The one of `known` ("fr;en") that is `name`.
std::optional<std::string_view> among(std::string_view known, std::string_view name) {
  while (!known.empty()) {
    const std::size_t end = std::min(known.find(';'), known.size());
    if (known.substr(0, end) == name && !name.empty()) return known.substr(0, end);
    known.remove_prefix(std::min(end + 1, known.size()));
  }
  return std::nullopt;
}

bool language(Context&, Arguments arguments, Sample& sample) {
  std::string_view rest = sample.text, best;
  int best_quality = 0;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view item = skip_blanks(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    const std::string_view name = item.substr(0, item.find_first_of("; \t"));
    const std::size_t parameters = std::min(item.find(';'), item.size());
    auto match = among(arguments[0].text, name);
    if (!match) match = among(arguments[0].text, name.substr(0, name.find('-')));
    const int wanted = match ? quality_behind(item.substr(parameters)) : 0;
    if (wanted > best_quality) best_quality = wanted, best = *match;
  }
  if (best_quality == 0) best = arguments[1].text;
  sample.set_string(best);
  return best_quality != 0 || !best.empty();
}

constexpr ConverterRow text_row(std::string_view name, ArgumentSignature arguments, SampleType out,
                                ConvertFunction function, std::string_view text,
                                std::string_view since = {}) {
  return {.name = name,
          .arguments = arguments,
          .in = SampleType::str,
          .out = out,
          .function = function,
          .since = since,
          .documentation = text};
}

constexpr ArgumentSignature one_or_two = {.required = 1, .types = {ArgumentType::str, ArgumentType::str}};

constexpr std::array rows = {
    text_row("host_only", {}, SampleType::str, host_only, "The host part of a Host header's value."),
    text_row("language", one_or_two, SampleType::str, language,
             "The first of the given languages that an Accept-Language header prefers."),
    text_row("param", one_or_two, SampleType::str, param,
             "Value of `name=` inside a delimited string; delimiter one char or 0xHH, default `&`.", "2.8"),
    text_row("port_only", {}, SampleType::sint, port_only, "The port part of a Host header's value."),
    text_row("url_dec", {.types = {ArgumentType::sint}}, SampleType::str, url_dec,
             "The text with percent encoding undone."),
    text_row("url_enc", {.required = 1, .types = {ArgumentType::str}, .check = check_url_enc},
             SampleType::str, url_enc, "The text with percent encoding for a query string."),
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows url_converters() { return rows; }

}  // namespace shunt::fetchers
