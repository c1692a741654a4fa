// What rows of actions can't say in their syntax: the parentheses of a name, and arguments that need one
// another.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "acl/regex.hpp"
#include "fetchers/variables.hpp"
#include "graph/read/http_rules.hpp"
#include "graph/read/option_words.hpp"
#include "graph/rows/families.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph {
namespace {

using config::ProxyKind;
using parser::Word;

bool fail(Reading& reading, const codes::Code& code, parser::Span span, std::string message) {
  reading.report(code, span, std::move(message));
  return false;
}

bool fail(Reading& reading, std::string_view expected) {
  return fail(reading, codes::bad_argument, reading.keyword.span,
              fmt::format("'{}' expects {}", reading.keyword.value, expected));
}

// A part of the keyword as a word of its own.
Word part(const Word& whole, std::size_t begin, std::size_t end) {
  return {.value = whole.value.substr(begin, end - begin), .span = whole.slice(begin, end)};
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t comma = text.find(',');
    parts.push_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

// As strtoul reads it: no digits are 0; behind the number nothing else.
std::optional<long> loose_number(std::string_view text) {
  long value = 0;
  if (text.empty()) return value;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || error != std::errc{}) return std::nullopt;
  return value;
}

long counters(const Reading& reading) {
  const parser::Line* line =
      reading.state.language() < 300 ? nullptr : global_line(reading, "tune.stick-counters");
  return line == nullptr || line->words.size() < 2 ? 3 : parser::leading_integer(line->words[1].value);
}

bool check_counter_id(Reading& reading, std::string_view text) {
  const auto id = loose_number(text);
  if (id && *id < counters(reading)) return true;
  return fail(reading,
              fmt::format("a tracked counter from 0 to {} in the parentheses", counters(reading) - 1));
}

bool check_name_of_variable(Reading& reading, const Word& word) {
  fetchers::VariableNames names;
  std::string error;
  if (fetchers::parse_variable(std::string(word.value), names, error)) return true;
  return fail(reading, codes::bad_argument, word.span, error);
}

bool is_condition_of_set(std::string_view text) {
  constexpr std::array<std::string_view, 8> names{"ifempty",    "ifexists",    "ifgt",     "iflt",
                                                  "ifnotempty", "ifnotexists", "ifnotset", "ifset"};
  return std::ranges::find(names, text) != names.end();
}

// "name" or "name,condition,...": the name; nullopt: reported.
std::optional<Word> variable_of(Reading& reading) {
  const auto inner = inner_word(reading);
  if (!inner || !reading.keyword.value.ends_with(')') || inner->value.empty()) {
    fail(reading, fmt::format("a variable in parentheses, as in {}(txn.name)", reading.row->name));
    return std::nullopt;
  }
  const std::size_t end = std::min(inner->value.find(','), inner->value.size());
  const Word name =
      part(reading.keyword, reading.keyword.value.find('(') + 1, reading.keyword.value.find('(') + 1 + end);
  if (!check_name_of_variable(reading, name)) return std::nullopt;
  return name;
}

// The line's expression is the key.
void note_key(Reading& reading, std::string_view table) {
  for (auto use = reading.state.config.uses.rbegin(); use != reading.state.config.uses.rend(); ++use) {
    if (use->kind != config::Use::Kind::expression) continue;
    if (use->words.front().span == reading.arguments.front().span) use->table = table;
    return;
  }
}

// A table named after the proxy itself.
void use_own_table(Reading& reading) {
  const config::Text& name = reading.proxy->name;
  auto& words = reading.state.config.made_words;
  words.push_back({.value = name.value, .span = reading.keyword.span});
  use(reading, config::Use::Kind::definition, words.back());
  reading.state.config.uses.back().definition = config::Definition::Kind::table;
}

bool has_front(const Reading& reading) { return reading.proxy->kind != ProxyKind::backend; }
bool has_back(const Reading& reading) { return reading.proxy->kind != ProxyKind::frontend; }

void need_side(Reading& reading, bool there, std::string_view side) {
  if (!there)
    fail(reading, codes::wrong_section, reading.keyword.span,
         fmt::format("{} needs a {} side, which {} doesn't have", reading.quoted(), side,
                     place_name(reading)));
}

void store_capture(Reading& reading, bool response) {
  const Word& last = reading.arguments.back();
  const bool negative = parser::leading_integer(last.value) < 0;
  if (negative) {
    if (reading.state.language() >= 300) fail(reading, "an id that is not negative");
    return;
  }
  reading.proxy->checked.captures.push_back(
      {static_cast<std::uint32_t>(parser::leading_integer(last.value)), response, reading.span()});
}

}  // namespace

std::optional<Word> inner_word(const Reading& reading) {
  const std::string_view text = reading.keyword.value;
  const std::size_t open = text.find('('), close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return std::nullopt;
  return part(reading.keyword, open + 1, close);
}

const parser::Line* global_line(const Reading& reading, std::string_view keyword) {
  for (const parser::Section& section : reading.state.config.syntax.sections) {
    if (section.head.keyword() != "global") continue;
    const auto is_it = [&](const parser::Line& line) { return line.keyword() == keyword; };
    const auto found = std::ranges::find_if(section.lines, is_it);
    if (found != section.lines.end()) return &*found;
  }
  return nullptr;
}

Word tracking_name(const Reading& reading, const Word& action) {
  constexpr std::string_view begin = "track-sc", last_row = "track-sc2";
  if (!action.value.starts_with(begin) || action.value.size() == begin.size()) return action;
  const auto id = loose_number(action.value.substr(begin.size()));
  return id && *id > 2 && *id < counters(reading) ? Word{.value = last_row, .span = action.span} : action;
}

void check_variable(Reading& reading) {
  if (!variable_of(reading)) return;
  const auto parts = split(inner_word(reading)->value);
  for (std::size_t i = 1; i < parts.size(); ++i)
    if (!is_condition_of_set(parts[i])) {
      fail(reading, fmt::format("conditions such as ifexists, not '{}'", parts[i]));
      return;
    }
}

void check_plain_variable(Reading& reading) {
  if (variable_of(reading) && inner_word(reading)->value.find(',') != std::string_view::npos)
    fail(reading, "only the name of a variable in the parentheses");
}

void check_counter(Reading& reading) {
  const auto inner = inner_word(reading);
  const std::size_t comma = inner ? inner->value.find(',') : std::string_view::npos;
  if (comma == std::string_view::npos || !loose_number(inner->value.substr(0, comma))) {
    fail(reading, "the index of a counter and a tracked counter in parentheses, as in (0,1)");
    return;
  }
  std::ignore = check_counter_id(reading, inner->value.substr(comma + 1));
}

void check_first_counters(Reading& reading) {
  const std::string_view text = reading.keyword.value;
  if (text.find('(') == std::string_view::npos) return;
  const auto inner = inner_word(reading);
  if (!inner)
    fail(reading, "a tracked counter in parentheses");
  else
    std::ignore = check_counter_id(reading, inner->value);
  // 2.6 stumbles over an expression there.
  const bool early = reading.place == in::connection_rules && reading.state.language() < 300;
  if (early && !reading.arguments.empty() && !loose_number(reading.arguments[0].value))
    fail(reading, "a number in these rules");
}

void check_track(Reading& reading) {
  if (reading.proxy->kind == ProxyKind::defaults) return;
  const auto table = std::ranges::find(reading.arguments, std::string_view("table"), &Word::value);
  const bool named = table != reading.arguments.end() && table + 1 != reading.arguments.end();
  note_key(reading, named ? (table + 1)->value : std::string_view(reading.proxy->name.value));
  if (!named) use_own_table(reading);
}

void check_do_resolve(Reading& reading) {
  const auto inner = inner_word(reading);
  const auto parts = inner ? split(inner->value) : std::vector<std::string_view>{};
  const bool option = parts.size() < 3 || parts[2].empty() || parts[2] == "ipv4" || parts[2] == "ipv6";
  if (!option || parts.size() < 2 || parts.size() > 3 || parts[0].empty()) {
    fail(reading, "(variable,resolvers) or (variable,resolvers,ipv4|ipv6)");
    return;
  }
  if (reading.state.language() >= 300 && parts[1] == "default") return;
  auto& words = reading.state.config.made_words;
  const std::size_t begin = static_cast<std::size_t>(parts[1].data() - reading.keyword.value.data());
  words.push_back(part(reading.keyword, begin, begin + parts[1].size()));
  use(reading, config::Use::Kind::definition, words.back());
  reading.state.config.uses.back().definition = config::Definition::Kind::resolvers;
}

void check_capture(Reading& reading) {
  const Word& word = *(reading.arguments.end() - 2);
  const bool response = (reading.place & (in::http_response_rules | in::http_after_rules)) != 0;
  if (word == "id") return store_capture(reading, response);
  if (response) {
    fail(reading, codes::bad_argument, word.span,
         fmt::format("{} of a response expects 'id'", reading.quoted()));
    return;
  }
  need_side(reading, has_front(reading), "frontend");
  const std::int64_t length = parser::leading_integer(reading.arguments.back().value);
  auto& slots = reading.proxy->checked.request_captures;
  slots.push_back(static_cast<std::uint32_t>(length));
  if (reading.rule != nullptr) reading.rule->slot = static_cast<std::uint32_t>(slots.size() - 1);
}

void check_front_side(Reading& reading) { need_side(reading, has_front(reading), "frontend"); }
void check_back_side(Reading& reading) { need_side(reading, has_back(reading), "backend"); }

void check_set_timeout(Reading& reading) {
  if (reading.arguments[0] == "client") return check_front_side(reading);
  check_back_side(reading);
}

void check_wait_for_body(Reading& reading) {
  const OptionList list = read_options(reading, wait_family, reading.rest);
  reading.rest = list.rest;
  if (list.sound && list.find("time") == nullptr) fail(reading, "'time'");
}

void check_del_header(Reading& reading) {
  if (reading.arguments.size() < 3 || reading.arguments[2] != "reg") return;
  const auto compiled = acl::Regex::compile(reading.arguments[0].value, false);
  if (!compiled)
    fail(reading, codes::bad_regex, reading.arguments[0].span,
         fmt::format("{}: {}", reading.quoted(), compiled.error().message));
}

void check_experimental(Reading& reading) {
  if (global_line(reading, "expose-experimental-directives") == nullptr)
    fail(reading, codes::experimental, reading.keyword.span,
         fmt::format("{} is experimental and needs 'expose-experimental-directives' in global",
                     reading.quoted()));
}

void check_spoe_group(Reading& reading) {
  const Word& engine = reading.arguments[0];
  const bool tracer = reading.keyword == "ot-group";
  reading.proxy->checked.groups.push_back({(tracer ? "ot " : "") + std::string(engine.value), engine.span});
}

void check_filter_name(Reading& reading) {
  const Word& name = reading.arguments[0];
  reading.proxy->checked.groups.push_back({"bwlim " + std::string(name.value), name.span});
}

void read_declare(Reading& reading) {
  auto& checked = reading.proxy->checked;
  const std::int64_t length = parser::leading_integer(reading.arguments[3].value);
  (reading.arguments[1] == "request" ? checked.request_captures : checked.response_captures)
      .push_back(static_cast<std::uint32_t>(length));
}

// In TCP mode no header fills such a slot, but it counts.
void check_header_capture(Reading& reading) {
  auto& checked = reading.proxy->checked;
  if (reading.arguments[0] == "cookie") return;
  const std::int64_t length = parser::leading_integer(reading.arguments[4].value);
  (reading.arguments[0] == "request" ? checked.request_captures : checked.response_captures)
      .push_back(static_cast<std::uint32_t>(length));
}

}  // namespace shunt::graph
