// From a word to its row and from the row to its lowering function, with all checks that follow from the row
// alone.
#include <algorithm>
#include <iterator>

#include <fmt/core.h>

#include "graph/read/argument_syntax.hpp"
#include "graph/read/reading.hpp"
#include "graph/rows/families.hpp"

namespace shunt::graph {
namespace {

using parser::Severity;
using parser::Word;

constexpr std::string_view kind_names[] = {"defaults", "frontend", "listen", "backend"};

std::string_view capability(std::uint32_t place) {
  return (place & in::frontend) != 0 ? "backend" : "frontend";
}

// A name that is part of another version of the language only.
const Row* known_row(const Reading& reading, const Family& family, std::string_view name) {
  const Row* row = family.find(name);
  return row != nullptr && is_known(reading.state.language(), row->since) ? row : nullptr;
}

// "server s 10.0.0.1 80": the port belongs to the address.
void note_lonely_number(const Reading& reading, const Family& family, parser::Diagnostic& found) {
  const bool digits = reading.keyword.value.find_first_not_of("0123456789") == std::string_view::npos;
  if (!digits || (&family != &server_family && &family != &bind_family)) return;
  found.notes.push_back(
      {.message = fmt::format("a port stands right behind the address and a colon, as in 10.0.0.1:{}",
                              reading.keyword.value)});
}

void report_unknown(Reading& reading, const Family& family) {
  auto& found = reading.report(
      codes::unknown_keyword, reading.keyword.span,
      fmt::format("unknown {} '{}' in {}", family.name, reading.keyword.value, place_name(reading)));
  if (const Row* later = family.find(reading.keyword.value)) {
    found.notes.push_back({.message = fmt::format("it came with HAProxy {}", later->since)});
    return;
  }
  note_lonely_number(reading, family, found);
  auto near = family.nearest(reading.keyword.value, reading.place);
  if (!near && (&family == &proxy_family || &family == &global_family)) {
    near = section_family.nearest(reading.keyword.value, in::global);
  }
  if (near) {
    found.notes.push_back({.message = fmt::format("did you mean '{}'?", *near)});
  }
}

void report_wrong_section(Reading& reading) {
  const bool in_defaults = (reading.place & in::defaults) != 0;
  const bool named_would_do =
      reading.place == in::anonymous_defaults && (reading.row->places & in::named_defaults) != 0;
  reading.report(codes::wrong_section, reading.keyword.span,
                 in_defaults ? fmt::format("{} is not allowed in {}'defaults' section", reading.quoted(),
                                           named_would_do ? "an anonymous " : "a ")
                             : fmt::format("{} is not allowed in {}, which has no {} side", reading.quoted(),
                                           place_name(reading), capability(reading.place)));
}

bool is_ignored(const Reading& reading) {
  const Row& row = *reading.row;
  const bool early = reading.state.language() < 303 && (row.ignored_before_3 & reading.place) != 0;
  return early || (row.ignored & reading.place) != 0;
}

// False: the line ends here.
bool place_allows(Reading& reading) {
  const Row& row = *reading.row;
  const bool ignored = is_ignored(reading);
  const bool later =
      (row.later_places & reading.place) != 0 && is_known(reading.state.language(), row.later_since);
  if (!ignored && ((row.places & reading.place) != 0 || later)) return true;
  if (ignored) {
    reading.report(codes::ignored_in_section, reading.keyword.span,
                   fmt::format("{} is ignored because {} has no {} side", reading.quoted(),
                               place_name(reading), capability(reading.place)));
    if (row.ignored_fails && reading.state.target == Target::haproxy_3_5) report_wrong_section(reading);
    return !row.ignored_unread;
  }
  report_wrong_section(reading);
  return false;
}

bool prefix_allowed(Reading& reading) {
  const auto bit = static_cast<std::uint8_t>(reading.prefix);
  const bool later = reading.prefix == Prefix::default_ && reading.state.language() >= 300 &&
                     (reading.row->prefixes & takes_default_since_3) != 0;
  if (bit == 0 || (reading.row->prefixes & bit) != 0 || later || reading.row->words.given) return true;
  reading.report(
      codes::bad_prefix, reading.line->keyword().span,
      fmt::format("{} doesn't take '{}' before it", reading.quoted(), reading.line->keyword().value));
  return false;
}

bool is_removed(const Reading& reading) {
  const Row& row = *reading.row;
  return row.status == Status::removed &&
         (row.removed_in.empty() || is_gone(reading.state.language(), row.removed_in));
}

bool status_allows(Reading& reading) {
  const Row& row = *reading.row;
  switch (row.status) {
    case Status::runs: return true;
    case Status::deprecated:
      if (is_known(reading.state.language(), row.deprecated_in))
        reading.report(codes::deprecated, reading.keyword.span,
                       fmt::format("{} is deprecated: {}", reading.quoted(), row.advice));
      return true;
    case Status::removed:
      if (!is_removed(reading)) return true;
      reading.report(
          codes::removed, reading.keyword.span,
          fmt::format("{} is not supported any more{}{}: {}", reading.quoted(),
                      row.removed_in.empty() ? "" : " since HAProxy ", row.removed_in, row.advice));
      return false;
    case Status::unsupported:
      // What needs HTTP mode has no effect in TCP mode, and proxies in HTTP mode are refused as a whole.
      if (reading.only_checked || row.mode == RowMode::http) return true;
      reading.report(
          codes::unsupported, reading.keyword.span,
          fmt::format("{} is valid HAProxy that this build can't execute: {}", reading.quoted(), row.advice));
      return true;
    case Status::no_effect: break;
  }
  reading.state.ignored.push_back({.severity = Severity::notice,
                                   .code = &codes::no_effect,
                                   .span = reading.span(),
                                   .message = fmt::format("{} has no effect here", reading.quoted())});
  return true;
}

bool arity_allows(Reading& reading) {
  const Row& row = *reading.row;
  if (reading.arguments.size() < row.min_args) {
    reading.report(codes::missing_argument, reading.span(),
                   row.min_args == row.max_args
                       ? fmt::format("{} expects {} argument{}", reading.quoted(), row.min_args,
                                     row.min_args == 1 ? "" : "s")
                       : fmt::format("{} expects at least {} argument{}", reading.quoted(), row.min_args,
                                     row.min_args == 1 ? "" : "s"));
    return false;
  }
  if (row.max_args != any_number && reading.arguments.size() > row.max_args) {
    const Word& extra = reading.arguments[row.max_args];
    reading.report(codes::unexpected_argument, extra.span,
                   fmt::format("{} doesn't take the argument '{}'", reading.quoted(), extra.value));
    return false;
  }
  return true;
}

void lower(Reading& reading) {
  const Row& row = *reading.row;
  if (row.lower.given) row.lower(reading);
  if (row.parameters.given) read_parameters(reading, *row.parameters.family, reading.rest);
}

// A line on the wrong side is read like any other, its arguments must be right, but nothing of it is kept
// except the names that it uses.
void lower_ignored(Reading& reading) {
  config::Proxy unused;
  unused.kind = reading.proxy->kind;
  unused.name = reading.proxy->name;
  auto& uses = reading.state.config.uses;
  const std::size_t before = uses.size();
  Reading aside = reading;
  aside.proxy = &unused;
  aside.ignored = true;
  lower(aside);
  if (!unused.binds.empty()) reading.state.config.binds_of_backends = true;
  for (std::size_t i = before; i < uses.size(); ++i) uses[i].proxy = reading.proxy;
}

void descend(Reading& reading) {
  const Family& family = *reading.row->words.family;
  if (reading.arguments.empty()) {
    reading.report(codes::missing_argument, reading.keyword.span,
                   fmt::format("{} expects the name of a {}", reading.quoted(), family.name));
    return;
  }
  Reading inner = reading;
  inner.keyword = reading.arguments.front();
  inner.arguments = reading.arguments.subspan(1);
  dispatch(inner, family);
}

// The keyword before a sub-word ("timeout" before "client"); null for the first word of a line and behind
// `no`.
const Word* word_before(const parser::Line& line, const Word& keyword) {
  const auto at = std::ranges::find(line.words, keyword.span, &Word::span);
  if (at == line.words.begin() || at == line.words.end()) return nullptr;
  const Word* before = &*std::prev(at);
  return *before == "no" || *before == "default" ? nullptr : before;
}

// What has no effect unless the proxy turns out to be in HTTP mode.
void note_http_only(Reading& reading) {
  const Row& row = *reading.row;
  if (reading.proxy == nullptr || row.mode != RowMode::http) return;
  const Word* before = word_before(*reading.line, reading.keyword);
  const config::Note note{
      .before = before == nullptr ? "" : before->value, .name = row.name, .span = reading.span()};
  auto& noted = reading.settings().http_only;
  std::erase_if(
      noted, [&](const config::Note& each) { return each.name == note.name && each.before == note.before; });
  if (reading.prefix == Prefix::plain) noted.push_back(note);
}

// How many arguments a parameter without a syntax takes; a misspelt one takes those of the name that was
// likely meant.
std::size_t words_taken(const Family& family, std::string_view name, std::uint32_t place) {
  const Row* row = family.find(name);
  if (row == nullptr) row = family.find(name.substr(0, name.find('(')));
  if (row == nullptr) {
    const auto near = family.nearest(name, place);
    if (near) row = family.find(*near);
  }
  if (row == nullptr) return 0;
  if (!row->syntax.empty()) return std::string_view::npos;
  return row->max_args == any_number ? row->min_args : row->max_args;
}

// "set-var(txn.x)": the name ends at the parenthesis.
std::string_view bare_name(std::string_view word) { return word.substr(0, word.find('(')); }

}  // namespace

parser::Span Reading::span() const {
  return arguments.empty() ? keyword.span : parser::cover(keyword.span, arguments.back().span);
}

std::string Reading::quoted() const {
  const std::string_view name = row != nullptr ? row->name : keyword.value;
  // Parameters and actions are clear by themselves; words behind `option`, `timeout` and the like are not.
  const bool stands_alone =
      bind != nullptr || server != nullptr || stats_socket != nullptr || rule != nullptr;
  const Word* before = stands_alone || line == nullptr ? nullptr : word_before(*line, keyword);
  return before != nullptr ? fmt::format("'{} {}'", before->value, name) : fmt::format("'{}'", name);
}

std::string place_name(const Reading& reading) {
  if (reading.proxy == nullptr || reading.section == "peers")
    return reading.section == "global" ? "the global section"
                                       : fmt::format("a '{}' section", reading.section);
  const auto kind = kind_names[static_cast<std::size_t>(reading.proxy->kind)];
  if (reading.proxy->name.value.empty()) return fmt::format("a '{}' section", kind);
  return fmt::format("{} '{}'", kind, reading.proxy->name.value);
}

void dispatch(Reading& reading, const Family& family) {
  const std::string_view wanted = reading.keyword.value;
  reading.row = known_row(reading, family, wanted);
  if (reading.row == nullptr) {
    const Row* bare = known_row(reading, family, bare_name(wanted));
    if (bare != nullptr && bare->parenthesised) reading.row = bare;
  }
  if (reading.row == nullptr && wanted.starts_with("lua.")) reading.row = known_row(reading, family, "lua.");
  if (reading.row == nullptr) return report_unknown(reading, family);
  if (!prefix_allowed(reading) || !place_allows(reading)) return;
  if (reading.row->fatal) reading.state.config.fatal_lines.push_back(reading.line->span);
  const Row& row = *reading.row;
  if (row.words.given) {
    if (status_allows(reading)) descend(reading);
    return;
  }
  if (is_removed(reading)) {
    status_allows(reading);
    return;
  }
  const bool sound = row.syntax.empty() ? arity_allows(reading) : check_syntax(reading, row.syntax);
  const bool ignored = reading.proxy != nullptr && is_ignored(reading) && !reading.ignored;
  if (!sound || (!ignored && !status_allows(reading))) return;
  if (ignored) return lower_ignored(reading);
  note_http_only(reading);
  if (may_stand_again(reading)) lower(reading);
}

std::size_t read_parameter(const Reading& reading, const Family& family, std::span<const Word> words) {
  Reading inner = reading;
  inner.keyword = words.front();
  inner.in_list = true;
  const std::size_t wanted = words_taken(family, inner.keyword.value, reading.place);
  const std::size_t taken = std::min(wanted, words.size() - 1);
  inner.arguments = words.subspan(1, taken);
  inner.rest = {};
  dispatch(inner, family);
  return 1 + taken - inner.rest.size();
}

void read_parameters(Reading& reading, const Family& family, std::span<const Word> words) {
  while (!words.empty()) words = words.subspan(read_parameter(reading, family, words));
}

bool split_condition(Reading& reading, std::optional<parser::ConditionTree>& condition) {
  const auto begins = [](const Word& word) { return word == "if" || word == "unless"; };
  const auto at = std::ranges::find_if(reading.arguments, begins);
  if (at == reading.arguments.end()) return true;
  const auto count = static_cast<std::size_t>(at - reading.arguments.begin());
  condition = parser::parse_condition(reading.arguments.subspan(count), reading.state.sink);
  reading.arguments = reading.arguments.first(count);
  return condition.has_value();
}

}  // namespace shunt::graph
