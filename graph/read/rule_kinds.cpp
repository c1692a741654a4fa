// Checks of the arguments that rules, checks and error pages have.
#include "graph/read/rule_kinds.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "graph/read/expression_words.hpp"
#include "parser/ascii.hpp"
#include "parser/outside.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph::kinds {
namespace {

using fetchers::Place;
using parser::Word;

constexpr auto both(Place a, Place b) { return static_cast<Place>(fetchers::bits(a, b)); }

struct PlaceName {
  std::string_view name;
  Place place;
};
constexpr auto places = std::to_array<PlaceName>({
    {"be-connect", Place::be_server_connect},
    {"be-tcp", Place::be_tcp_content},
    {"check", Place::be_check},
    {"fe-http", Place::fe_http_request},
    {"fe-switch", Place::fe_set_backend},
    {"be-server", Place::be_set_server},
    {"page", both(Place::fe_http_response, Place::fe_http_request)},
    {"http", both(Place::fe_http_request, Place::be_http_request)},
});

bool fail(Reading& reading, const Word& word, std::string_view expected) {
  reading.report(codes::bad_argument, word.span,
                 fmt::format("{} expects {}, not '{}'", reading.quoted(), expected, word.value));
  return false;
}

// As strtoul with base 0 reads it, to the end.
bool is_any_base(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  int base = 10;
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text[0] == '0') {
    base = 8;
  }
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    const int digit = parser::ascii::hex_value(c);
    return digit >= 0 && digit < base;
  });
}

// What is wrong with the bytes of an error page, which is a whole response; empty when nothing is.
std::string_view page_fault(std::string_view bytes) {
  if (bytes.empty()) return {};
  if (!bytes.starts_with("HTTP/")) return "it doesn't begin with 'HTTP/'";
  for (bool first = true;; first = false) {
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos) return "its headers have no end";
    std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) return {};
    if (!first && line.find(':') == std::string_view::npos) return "a header has no ':'";
  }
}

}  // namespace

Place place_of(const Reading& reading, std::string_view parameters) {
  const auto found = std::ranges::find(places, parameters, &PlaceName::name);
  return found == places.end() ? reading.evaluated_at : found->place;
}

bool is_readable(const Reading& reading, const Word& word) {
  return reading.state.assume_files || parser::is_readable(std::string(word.value));
}

bool has_page(const Reading& reading, std::int64_t status) {
  constexpr std::array statuses{200, 400, 401, 403, 404, 405, 407, 408, 410, 413,
                                421, 422, 425, 429, 500, 501, 502, 503, 504};
  if (std::ranges::find(statuses, status) != statuses.end()) return true;
  return (status == 414 || status == 431) && reading.state.language() >= 300;
}

std::size_t any_base(Reading& reading, KindWords words, std::string_view) {
  return is_any_base(words[0].value) || fail(reading, words[0], "an integer or a hexadecimal value") ? 1 : 0;
}

std::size_t cookie_attribute(Reading& reading, KindWords words, std::string_view) {
  const auto allowed = [](char c) { return c >= 0x20 && c != 0x7f && c != ';'; };
  const bool good = !words[0].value.empty() && std::ranges::all_of(words[0].value, allowed);
  return good || fail(reading, words[0], "an attribute without ';' and control characters") ? 1 : 0;
}

std::size_t cookie_domain(Reading& reading, KindWords words, std::string_view) {
  return check_name(reading, words[0]) ? 1 : 0;
}

std::size_t error_page(Reading& reading, KindWords words, std::string_view) {
  if (reading.state.assume_files) return 1;
  const std::string path(words[0].value);
  const auto bytes = parser::read_file(path);
  if (!bytes) {
    reading.report(codes::missing_file, words[0].span,
                   fmt::format("{}: the file '{}' can't be read", reading.quoted(), path));
    return 0;
  }
  const std::string_view fault = page_fault(bytes.assume_value());
  if (fault.empty()) return 1;
  reading.report(codes::bad_argument, words[0].span,
                 fmt::format("{}: the file '{}' is no HTTP response: {}", reading.quoted(), path, fault));
  return 0;
}

// Parameter "word": only the first word belongs to it.
std::size_t expression_words(Reading& reading, KindWords words, std::string_view parameters) {
  const bool one = parameters == "word";
  const std::size_t size = one ? 1 : expression_size(words);
  reading.state.config.uses.push_back({.kind = config::Use::Kind::expression,
                                       .words = words.first(size),
                                       .keyword = reading.keyword.value,
                                       .place = place_of(reading, parameters),
                                       .proxy = reading.proxy});
  return size;
}

// An expression that the row's own function compiles.
std::size_t expression_shape(Reading&, KindWords words, std::string_view) { return expression_size(words); }

std::size_t hex(Reading& reading, KindWords words, std::string_view) {
  const std::string_view text = words[0].value;
  const bool good = !text.empty() && text.size() % 2 == 0 &&
                    std::ranges::all_of(text, [](char c) { return parser::ascii::hex_value(c) >= 0; });
  return good || fail(reading, words[0], "an even number of hexadecimal digits") ? 1 : 0;
}

// 3.0 and later take an expression, too.
std::size_t mark_or_expression(Reading& reading, KindWords words, std::string_view parameters) {
  const std::string_view text = words[0].value;
  const bool number =
      reading.state.language() < 300 || text.empty() || parser::ascii::is_digit(text[0]) || text[0] == '-';
  return number ? any_base(reading, words, parameters) : expression_words(reading, words, {});
}

// Lua programs bring services; HTTP rules have one of their own.
std::size_t service(Reading& reading, KindWords words, std::string_view parameters) {
  const fetchers::ScriptNames& scripts = reading.state.config.scripts;
  if (scripts.knows(scripts.services, words[0].value)) return 1;
  if (parameters != "http")
    fail(reading, words[0], "the name of a service, of which these rules have none without Lua");
  else if (words[0] != "prometheus-exporter")
    fail(reading, words[0], "'prometheus-exporter' or a service of a loaded Lua program");
  else
    return 1;
  return 0;
}

// Parameters: bounds of the number, as in <number>.
std::size_t number_or_expression(Reading& reading, KindWords words, std::string_view parameters) {
  const std::string_view text = words[0].value;
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  const bool number = text.size() > sign &&
                      std::ranges::all_of(text.substr(sign), [](char c) { return c >= '0' && c <= '9'; });
  if (!number) return expression_words(reading, words, {});
  if (parameters.empty()) return 1;
  const ArgumentKind* bounded = find_argument_kind("integer");
  return bounded->check(reading, words.first(1), parameters);
}

std::size_t page_status(Reading& reading, KindWords words, std::string_view) {
  const bool good = has_page(reading, parser::leading_integer(words[0].value));
  return good || fail(reading, words[0], "a status that has a built-in page") ? 1 : 0;
}

// A time that may be as long as 68 years.
std::size_t seconds(Reading& reading, KindWords words, std::string_view) {
  constexpr std::array<std::pair<char, double>, 4> units{{{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}}};
  const std::string_view text = words[0].value;
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view unit = text.substr(end);
  double value = end == 0 ? -1 : static_cast<double>(parser::leading_integer(text));
  if (unit == "ms" || unit == "us") {
    value /= 1000;
  } else if (!unit.empty()) {
    const auto found = std::ranges::find(units, unit[0], &std::pair<char, double>::first);
    value = found == units.end() || unit.size() > 1 ? -1 : value * found->second;
  }
  const bool good = value >= 0 && value <= 2147483647.0;
  return good || fail(reading, words[0], "a time in seconds") ? 1 : 0;
}

std::size_t server(Reading& reading, KindWords words, std::string_view) {
  use(reading, config::Use::Kind::server, words[0]);
  reading.state.config.uses.back().place = Place::be_set_server;
  return 1;
}

// "200,300-399"
std::size_t status_list(Reading& reading, KindWords words, std::string_view) {
  std::string_view text = words[0].value;
  const auto number = [&] {
    if (text.starts_with('-')) text.remove_prefix(1);
    const std::size_t size = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(size);
    return size != 0;
  };
  bool good = number();
  if (good && text.starts_with('-')) text.remove_prefix(1), good = number();
  while (good && text.starts_with(',')) {
    text.remove_prefix(1);
    good = number();
    if (good && text.starts_with('-')) text.remove_prefix(1), good = number();
  }
  return (good && text.empty()) || fail(reading, words[0], "statuses such as 200,300-399") ? 1 : 0;
}

// What begins with a digit is a time, what has a parenthesis or is a fetch's name an expression.
std::size_t time_or_expression(Reading& reading, KindWords words, std::string_view) {
  const std::string_view text = words[0].value;
  const std::string_view name = text.substr(0, text.find_first_of("(,"));
  if (fetchers::find_fetch(name) != nullptr) {
    use(reading, config::Use::Kind::expression, words[0]);
    // HAProxy doesn't look whether the fetch can have a value there.
    reading.state.config.uses.back().place = static_cast<Place>(0xffff);
    return 1;
  }
  const auto time = read_time(reading, words[0]);
  if (!time) return 0;
  return time->count() > 0 || fail(reading, words[0], "a time that is not 0") ? 1 : 0;
}

}  // namespace shunt::graph::kinds
