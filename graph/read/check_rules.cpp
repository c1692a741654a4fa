// http-check and tcp-check: their steps and the order of these.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "graph/read/http_rules.hpp"
#include "graph/read/option_words.hpp"
#include "graph/rows/families.hpp"
#include "parser/ascii.hpp"

namespace shunt::graph {
namespace {

using fetchers::Place;
using parser::Severity;
using parser::Word;

bool is_http(const Reading& reading) { return reading.place == in::http_checks; }

config::CheckedRules::Steps& steps_of(Reading& reading) {
  auto& checked = reading.proxy->checked;
  return is_http(reading) ? checked.http_check : checked.tcp_check;
}

// The rest of the line belongs to nobody; HAProxy doesn't look at it behind these.
bool ignores_rest(std::string_view rule) {
  return rule == "comment" || rule.find("-var") != std::string_view::npos;
}

void read_check(Reading& reading, const Family& family, std::uint32_t place) {
  if (reading.arguments.empty()) {
    reading.report(codes::missing_argument, reading.span(),
                   fmt::format("{} expects a rule", reading.quoted()));
    return;
  }
  Reading inner = reading;
  inner.keyword = reading.arguments[0];
  inner.arguments = reading.arguments.subspan(1);
  inner.place = place;
  inner.evaluated_at = Place::be_check;
  inner.in_list = inner.only_checked = true;
  inner.rest = {};
  const auto errors = reading.state.sink.count(Severity::error);
  dispatch(inner, family);
  if (inner.rest.empty() || reading.state.sink.count(Severity::error) != errors) return;
  if (ignores_rest(inner.row->name)) return;
  reading.report(codes::unexpected_argument, inner.rest[0].span,
                 fmt::format("{} doesn't take '{}' here", inner.quoted(), inner.rest[0].value));
}

using Step = config::CheckedRules::Step;

// An HTTP check is a round of connect, send and expect, as far as `option httpchk` stands above. False:
// reported, and what stands above is forgotten.
bool fits_behind(Reading& reading, Step step) {
  auto& steps = steps_of(reading);
  const Step last = steps.last;
  constexpr std::array<std::string_view, 4> wanted{"", "'expect'", "'connect'", "'send'"};
  const auto& check = reading.settings().check;
  const bool judged = is_http(reading) && check && check->value == "httpchk";
  const bool fits = last == Step::none || !judged || (step == Step::connect && last == Step::expect) ||
                    (step == Step::send && last == Step::connect) ||
                    (step == Step::expect && (last == Step::send || last == Step::expect));
  if (!fits) {
    reading.report(codes::bad_argument, reading.keyword.span,
                   fmt::format("'http-check {}' needs an 'http-check' rule with {} right above it",
                               reading.keyword.value, wanted[static_cast<std::size_t>(step)]));
    steps = {};
  }
  return fits;
}

void note_step(Reading& reading, Step step) {
  auto& steps = steps_of(reading);
  steps.begins_otherwise = steps.begins_otherwise || !steps.connects;
  steps.last = step;
}

bool is_pattern(std::string_view name) {
  constexpr std::array<std::string_view, 10> patterns{
      "binary", "binary-lf", "fhdr", "hdr", "rbinary", "rstatus", "rstring", "status", "string", "string-lf"};
  return std::ranges::find(patterns, name) != patterns.end();
}

// "!string" is "! string".
Word without_mark(const Word& word) {
  if (!word.value.starts_with('!') || word.value.size() < 2) return word;
  return {.value = word.value.substr(1), .span = word.slice(1, word.value.size())};
}

// True: reported.
bool names_host_twice(Reading& reading, const OptionList& list) {
  bool named = false;
  for (const OptionWords& option : list.all) {
    if (option.row->name != "hdr" || !parser::ascii::same(option.arguments[0].value, "host")) continue;
    if (std::exchange(named, true)) {
      reading.report(codes::bad_argument, option.span, "there is a 'Host' header already");
      return true;
    }
  }
  return false;
}

}  // namespace

void read_http_check(Reading& reading) { read_check(reading, http_check_family, in::http_checks); }
void read_tcp_check(Reading& reading) { read_check(reading, tcp_check_family, in::tcp_checks); }

// The linker reads the words of the line.
void check_step_word(Reading&) {}

void check_connect_step(Reading& reading) {
  const OptionList list = read_only_options(reading, check_connect_family, reading.rest, false);
  reading.rest = {};
  if (!list.sound) return;
  const OptionWords* protocol = list.find("proto");
  if (protocol != nullptr && !is_http(reading) && protocol->arguments[0] != "none")
    reading.report(codes::bad_argument, protocol->span, "a tcp-check has no HTTP connection");
  auto& steps = steps_of(reading);
  if (steps.begins_otherwise) {
    reading.report(codes::bad_argument, reading.keyword.span,
                   "the first step must be a 'connect', too, when there is one");
    return;
  }
  if (!fits_behind(reading, Step::connect)) return;
  steps.connects = true;
  steps.lacks_port = steps.lacks_port || list.find("port") == nullptr;
  steps.last = Step::connect;
}

void check_send_step(Reading& reading) {
  if (is_http(reading)) {
    const OptionList list = read_only_options(reading, check_send_family, reading.rest, false);
    reading.rest = {};
    if (!list.sound) return;
    if (names_host_twice(reading, list)) return;
  }
  if (fits_behind(reading, Step::send)) note_step(reading, Step::send);
}

void check_expect_step(Reading& reading) {
  const Family& family = is_http(reading) ? http_expect_family : tcp_expect_family;
  std::size_t patterns = 0;
  auto words = reading.rest;
  reading.rest = {};
  while (!words.empty()) {
    if (words[0] == "!") {
      words = words.subspan(1);
      continue;
    }
    Reading inner = reading;
    inner.keyword = without_mark(words[0]);
    inner.arguments = words.subspan(1);
    inner.rest = {};
    const auto errors = reading.state.sink.count(Severity::error);
    dispatch(inner, family);
    if (reading.state.sink.count(Severity::error) != errors) return;
    words = inner.rest;
    if (is_pattern(inner.row->name) && ++patterns > 1) {
      reading.report(codes::bad_argument, inner.keyword.span, "only one pattern is expected");
      return;
    }
  }
  if (patterns == 0) {
    reading.report(codes::missing_argument, reading.keyword.span,
                   fmt::format("{} expects a pattern such as 'string'", reading.quoted()));
    return;
  }
  if (fits_behind(reading, Step::expect)) note_step(reading, Step::expect);
}

}  // namespace shunt::graph
