// Sticking, cookies and filters: what their options must have in common.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "graph/read/http_rules.hpp"
#include "graph/read/option_words.hpp"
#include "graph/rows/families.hpp"

namespace shunt::graph {
namespace {

using config::Definition;
using fetchers::Place;
using parser::Word;

constexpr auto responses =
    static_cast<Place>(fetchers::bits(Place::be_http_response, Place::be_tcp_response));

bool has_word(std::span<const Word> words, std::string_view wanted) {
  return std::ranges::any_of(words, [&](const Word& word) { return word == wanted; });
}

void missing(Reading& reading, std::string_view what) {
  reading.report(codes::missing_argument, reading.span(),
                 fmt::format("{} expects {}", reading.quoted(), what));
}

// The next word is a name of `family`; nullopt: there is none, which was reported.
std::optional<Reading> next_word(Reading& reading, std::string_view what) {
  if (reading.arguments.empty()) {
    missing(reading, what);
    return std::nullopt;
  }
  Reading inner = reading;
  inner.keyword = reading.arguments[0];
  inner.arguments = reading.arguments.subspan(1);
  inner.only_checked = true;
  return inner;
}

void use_own_table(Reading& reading) {
  auto& words = reading.state.config.made_words;
  words.push_back({.value = reading.proxy->name.value, .span = reading.keyword.span});
  use(reading, config::Use::Kind::definition, words.back());
  reading.state.config.uses.back().definition = Definition::Kind::table;
}

}  // namespace

void read_stick(Reading& reading) {
  auto inner = next_word(reading, "'on', 'match', 'store-request' or 'store-response'");
  if (!inner) return;
  inner->evaluated_at = inner->keyword == "store-response" ? responses : Place::be_set_server;
  const auto errors = reading.state.sink.count(parser::Severity::error);
  dispatch(*inner, stick_family);
  const bool sound = reading.state.sink.count(parser::Severity::error) == errors;
  if (sound && !reading.ignored && !has_word(inner->arguments, "table")) use_own_table(reading);
}

void check_cookie(Reading& reading) {
  if (reading.arguments.empty()) return missing(reading, "the name of a cookie");
  const OptionList list = read_only_options(reading, cookie_family, reading.arguments.subspan(1), false);
  if (!list.sound) return;
  const OptionWords* mode = nullptr;
  for (const OptionWords& each : list.all) {
    const std::string_view name = each.row->name;
    if (name != "insert" && name != "rewrite" && name != "prefix") continue;
    if (mode != nullptr && mode->row != each.row)
      reading.report(codes::bad_argument, each.span,
                     fmt::format("'{}' and '{}' exclude each other", name, mode->row->name));
    mode = &each;
  }
  const OptionWords* preserve = list.find("preserve");
  if (preserve != nullptr && list.find("insert") == nullptr && list.find("indirect") == nullptr)
    reading.report(codes::bad_argument, preserve->span, "'preserve' needs 'insert' or 'indirect'");
}

void read_filter(Reading& reading) {
  auto inner = next_word(reading, "the name of a filter");
  if (inner) dispatch(*inner, filter_family);
}

void check_named_filter(Reading& reading) {
  auto& filters = reading.proxy->checked.filters;
  const Word& name = reading.arguments[0];
  if (std::ranges::any_of(filters, [&](const config::Text& each) { return each.value == name.value; }))
    reading.report(codes::duplicate_name, name.span,
                   fmt::format("the filter for the cache '{}' stands twice", name.value));
  filters.push_back({std::string(name.value), name.span});
}

void check_spoe_filter(Reading& reading) {
  if (!has_word(reading.rest, "config")) missing(reading, "'config' and a file");
  const auto engine = std::ranges::find(reading.rest, std::string_view("engine"), &Word::value);
  if (engine != reading.rest.end() && engine + 1 != reading.rest.end())
    reading.proxy->checked.engines.emplace_back((engine + 1)->value);
}

void check_bandwidth_filter(Reading& reading) {
  const auto has = [&](std::string_view a, std::string_view b) {
    return has_word(reading.rest, a) && has_word(reading.rest, b);
  };
  if (!has("default-limit", "default-period") && !has("limit", "key"))
    missing(reading, "'default-limit' with 'default-period' or 'limit' with 'key'");
  reading.proxy->checked.engines.push_back("bwlim " + std::string(reading.arguments[0].value));
}

void check_name_header(Reading& reading) {
  constexpr std::array<std::string_view, 4> reserved{"connection", "content-length", "host",
                                                     "transfer-encoding"};
  std::string name(reading.arguments[0].value);
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (reading.state.language() < 303 || std::ranges::find(reserved, name) == reserved.end()) return;
  reading.report(codes::bad_argument, reading.arguments[0].span,
                 fmt::format("{} can't set the header '{}'", reading.quoted(), name));
}

}  // namespace shunt::graph
