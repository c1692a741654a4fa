// Sticking, cookies and filters: what their options must have in common.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "graph/read/http_rules.hpp"
#include "graph/read/option_words.hpp"
#include "graph/read/spoe_file.hpp"
#include "graph/rows/families.hpp"
#include "parser/ascii.hpp"

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

void note_key(Reading& reading, std::string_view table) {
  for (config::Use& use : reading.state.config.uses)
    if (use.kind == config::Use::Kind::expression && use.words.front().span == reading.arguments.front().span)
      use.table = table;
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
  if (!sound || reading.ignored || inner->arguments.empty()) return;
  const auto table = std::ranges::find(inner->arguments, std::string_view("table"), &Word::value);
  const bool named = table != inner->arguments.end() && table + 1 != inner->arguments.end();
  note_key(*inner, named ? (table + 1)->value : std::string_view(reading.proxy->name.value));
  if (!named) use_own_table(reading);
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
  if (!inner) return;
  dispatch(*inner, filter_family);
  auto& declared = reading.proxy->checked.declared;
  declared.emplace_back(inner->keyword.value);
  for (std::size_t i = 1; i + 1 < reading.arguments.size(); ++i)
    if (reading.arguments[i] == "name" || reading.arguments[i] == "engine" || reading.arguments[i] == "id")
      declared.emplace_back(reading.arguments[i + 1].value);
  if (inner->keyword == "cache" || inner->keyword == "fcgi-app" || inner->keyword.value.starts_with("bwlim"))
    declared.emplace_back(reading.arguments.size() > 1 ? reading.arguments[1].value : std::string_view());
}

void check_named_filter(Reading& reading) {
  auto& filters = reading.proxy->checked.filters;
  const Word& name = reading.arguments[0];
  if (std::ranges::any_of(filters, [&](const config::Text& each) { return each.value == name.value; }))
    reading.report(codes::duplicate_name, name.span,
                   fmt::format("the filter for the cache '{}' stands twice", name.value));
  filters.push_back({std::string(name.value), name.span});
}

void note_compression(Reading& reading) { reading.settings().compression = {true, reading.span()}; }

void note_cache(Reading& reading) {
  const Word& name = reading.arguments[0];
  reading.proxy->checked.caches.push_back({std::string(name.value), name.span});
}

void note_filter_sequence(Reading& reading) {
  const Word& list = reading.arguments[1];
  reading.proxy->checked.sequences.push_back({std::string(list.value), list.span});
}

void check_spoe_filter(Reading& reading) {
  if (!has_word(reading.rest, "config")) missing(reading, "'config' and a file");
  const auto engine = std::ranges::find(reading.rest, std::string_view("engine"), &Word::value);
  if (engine != reading.rest.end() && engine + 1 != reading.rest.end())
    reading.proxy->checked.engines.emplace_back((engine + 1)->value);
  if (reading.keyword == "spoe") read_spoe_file(reading);
  const auto tracer = std::ranges::find(reading.rest, std::string_view("id"), &Word::value);
  if (tracer != reading.rest.end() && tracer + 1 != reading.rest.end())
    reading.proxy->checked.engines.push_back("ot " + std::string((tracer + 1)->value));
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
  const std::string name = parser::ascii::lowered(reading.arguments[0].value);
  if (reading.state.language() < 303 || std::ranges::find(reserved, name) == reserved.end()) return;
  reading.report(codes::bad_argument, reading.arguments[0].span,
                 fmt::format("{} can't set the header '{}'", reading.quoted(), name));
}

}  // namespace shunt::graph
