// Typed arguments: words of a line as times, numbers, addresses, users.
#include <fmt/core.h>

#include <algorithm>
#include <cctype>

#include "graph/read/reading.hpp"
#include "parser/joined.hpp"
#include "parser/outside.hpp"
#include "parser/scalar.hpp"
#include "parser/suggest.hpp"

namespace shunt::graph {
namespace {

parser::Span rest_of(const parser::Word& word, std::size_t at) {
  return at < word.value.size() ? word.slice(at, word.value.size()) : word.span;
}

bool fits(std::int64_t value, std::int64_t low, std::int64_t high) { return value >= low && value <= high; }

std::nullopt_t out_of_range(Reading& reading, const parser::Word& word, std::int64_t low, std::int64_t high) {
  reading.report(
      codes::bad_number, word.span,
      fmt::format("{} expects a number from {} to {}, not '{}'", reading.quoted(), low, high, word.value));
  return std::nullopt;
}

constexpr bool name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.' || c == ':';
}

// Addresses expand variables even outside double quotes; nullopt: there are none.
std::optional<std::string> expand_variables(std::string_view text, const parser::Environment& environment) {
  const auto is_name = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  if (text.find('$') == std::string_view::npos) return std::nullopt;
  std::string out;
  while (!text.empty()) {
    const std::size_t mark = std::min(text.find('$'), text.size());
    out += text.substr(0, mark);
    text.remove_prefix(std::min(mark + 1, text.size()));
    if (mark == std::string_view::npos || text.empty()) break;
    const bool braced = text.starts_with('{');
    if (braced) text.remove_prefix(1);
    const auto end = static_cast<std::size_t>(std::ranges::find_if_not(text, is_name) - text.begin());
    out += environment.get(text.substr(0, end)).value_or("");
    text.remove_prefix(end);
    if (braced && text.starts_with('}')) text.remove_prefix(1);
  }
  return out;
}

}  // namespace

std::optional<Milliseconds> read_time(Reading& reading, const parser::Word& word, bool seconds_by_default) {
  const auto unit = seconds_by_default ? parser::TimeUnit::s : parser::TimeUnit::ms;
  const auto time = parser::read_time(word.value, unit);
  if (time) {
    const std::size_t end = time.value().junk_at;
    // Some times are judged by the syntax and read again where they are stored.
    const auto& said = reading.state.sink.all();
    const bool again =
        !said.empty() && said.back().code == &codes::trailing_text && said.back().span == rest_of(word, end);
    if (end < word.value.size() && !again)
      reading.report(codes::trailing_text, rest_of(word, end),
                     fmt::format("{} reads '{}' as a time; '{}' behind it is not looked at", reading.quoted(),
                                 word.value.substr(0, end), word.value.substr(end)));
    return time.value().value;
  }
  reading.report(
      codes::bad_time, rest_of(word, time.error().at),
      fmt::format("{} in {} expects a time: {}", word.value, reading.quoted(), time.error().message));
  return std::nullopt;
}

std::optional<std::uint32_t> read_number(Reading& reading, const parser::Word& word, std::int64_t low,
                                         std::int64_t high) {
  const std::int64_t value = parser::leading_integer(word.value);
  if (!fits(value, low, high)) return out_of_range(reading, word, low, high);
  return static_cast<std::uint32_t>(value);
}

std::optional<std::uint32_t> read_strict_number(Reading& reading, const parser::Word& word, std::int64_t low,
                                                std::int64_t high) {
  const auto value = parser::parse_integer(word.value);
  if (!value || !fits(value.value(), low, high)) return out_of_range(reading, word, low, high);
  return static_cast<std::uint32_t>(value.value());
}

std::optional<std::uint32_t> read_size(Reading& reading, const parser::Word& word) {
  auto size = parser::parse_size(word.value);
  if (size) return size.value();
  reading.report(
      codes::bad_number, rest_of(word, size.error().at),
      fmt::format("'{}' in {} is no size: {}", word.value, reading.quoted(), size.error().message));
  return std::nullopt;
}

std::optional<parser::Address> read_address(Reading& reading, const parser::Word& word, std::size_t begin,
                                            std::size_t end) {
  end = std::min(end, word.value.size());
  const std::string_view text = word.value.substr(begin, end - begin);
  const auto expanded = expand_variables(text, *reading.state.environment);
  const bool for_server = reading.row != nullptr && reading.row->name.starts_with("server");
  if (expanded && expanded->empty()) {
    reading.report(codes::bad_address, word.span,
                   fmt::format("{}: nothing is left of '{}'; is the variable set?", reading.quoted(), text));
    return std::nullopt;
  }
  auto address = parser::parse_address(expanded ? *expanded : text, for_server);
  if (address) return std::move(address).value();
  const auto& error = address.error();
  // QUIC is a matter of the TLS library; the other kinds came with 3.x.
  if (error.unsupported && reading.state.language() >= 300 && text.find("quic") == std::string_view::npos) {
    reading.report(
        codes::unsupported, word.span,
        fmt::format("{}: '{}' is valid HAProxy that this build can't use", reading.quoted(), text));
    if (reading.state.target == Target::shunt) return std::nullopt;
    return parser::Address{.any = true, .port_kind = parser::PortKind::absolute, .port = 1, .port_end = 1};
  }
  const bool exact = !expanded && error.begin < error.end && begin + error.end <= word.value.size();
  reading.report(codes::bad_address, exact ? word.slice(begin + error.begin, begin + error.end) : word.span,
                 fmt::format("{}: {}", reading.quoted(), error.message));
  return std::nullopt;
}

bool check_name(Reading& reading, const parser::Word& word, parser::Severity severity) {
  const auto bad = std::ranges::find_if_not(word.value, name_character);
  if (bad == word.value.end()) return true;
  const auto at = static_cast<std::size_t>(bad - word.value.begin());
  reading.state.sink.report(
      severity, codes::bad_name, word.slice(at, at + 1),
      fmt::format("character '{}' is not permitted in {} name '{}'", *bad, reading.quoted(), word.value));
  return false;
}

std::optional<std::uint32_t> read_user(Reading& reading, const parser::Word& word) {
  if (const auto found = parser::user_number(std::string(word.value))) return found;
  reading.report(codes::unknown_user, word.span,
                 fmt::format("there is no user '{}' on this machine", word.value));
  return std::nullopt;
}

std::optional<std::uint32_t> read_group(Reading& reading, const parser::Word& word) {
  if (const auto found = parser::group_number(std::string(word.value))) return found;
  reading.report(codes::unknown_user, word.span,
                 fmt::format("there is no group '{}' on this machine", word.value));
  return std::nullopt;
}

std::optional<std::uint32_t> read_octal(Reading& reading, const parser::Word& word) {
  std::uint32_t value = 0;
  bool good = !word.value.empty() && word.value.size() < 7;
  for (const char c : word.value) {
    good = good && c >= '0' && c <= '7';
    value = value * 8 + static_cast<std::uint32_t>(c - '0');
  }
  if (good) return value;
  reading.report(codes::bad_number, word.span,
                 fmt::format("{} expects an octal mode such as 660, not '{}'", reading.quoted(), word.value));
  return std::nullopt;
}

std::optional<std::size_t> read_position(Reading& reading, const parser::Word& word,
                                         std::span<const std::string_view> names) {
  const auto found = std::ranges::find(names, word.value);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  auto& report = reading.report(
      codes::bad_argument, word.span,
      fmt::format("{} expects one of {}, not '{}'", reading.quoted(), joined(names, ", "), word.value));
  if (const auto near = parser::nearest(word.value, names)) {
    report.notes.push_back({.message = fmt::format("did you mean '{}'?", *near)});
  }
  return std::nullopt;
}

}  // namespace shunt::graph
