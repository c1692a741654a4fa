// Lowering functions of rules that use stick tables: tracked counters and sticking.
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "graph/read/expression_words.hpp"
#include "graph/read/http_rules.hpp"
#include "graph/read/tcp_actions.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph {
namespace {

using parser::Word;

std::uint32_t number_in(std::string_view text) {
  std::uint32_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// The counter of "track-sc12", which is read as another one's row.
std::uint32_t tracked_counter(const Reading& reading) {
  constexpr std::string_view begin = "track-sc";
  const auto written = std::ranges::find(reading.line->words, reading.keyword.span, &Word::span);
  const Word& word = written != reading.line->words.end() ? *written : reading.keyword;
  return number_in(word.value.substr(std::min(begin.size(), word.value.size())));
}

// Behind the key: "table NAME", or the proxy's own.
std::string table_behind(const Reading& reading, std::span<const Word> rest) {
  return std::string(rest.size() > 1 && rest[0] == "table" ? rest[1].value : reading.proxy->name.value);
}

void read_operand(Reading& reading) {
  if (reading.row->syntax.find("number-or-expression") == std::string_view::npos) return;
  if (reading.arguments.empty()) {
    reading.rule->number = 0;
    return;
  }
  lower_with_number(reading, reading.rule->action);
}

bool sound_after(Reading& reading, void (*check)(Reading&)) {
  const auto errors = reading.state.sink.count(parser::Severity::error);
  check(reading);
  return reading.state.sink.count(parser::Severity::error) == errors;
}

}  // namespace

void lower_track(Reading& reading) {
  if (!sound_after(reading, check_track)) return;
  const std::size_t size = expression_size(reading.arguments);
  const auto rest = reading.arguments.subspan(size);
  if (reading.proxy->kind == config::ProxyKind::defaults && rest.empty()) {
    reading.report(codes::unsupported, reading.span(),
                   fmt::format("{} without 'table' in a defaults section is valid HAProxy that this build "
                               "can't execute",
                               reading.quoted()));
    return;
  }
  parser::DiagnosticSink unheard;  // the use of the expression is judged by the linker
  config::TcpRule& rule = *reading.rule;
  rule.action = ActionKind::track_sc;
  rule.expression = parse_expression_words(reading.arguments.first(size), unheard);
  rule.table = table_behind(reading, rest);
  rule.slot = tracked_counter(reading);
}

void lower_array_counter(Reading& reading, ActionKind kind) {
  if (!sound_after(reading, check_counter)) return;
  const std::string_view inner = inner_word(reading)->value;
  const std::size_t comma = inner.find(',');
  reading.rule->action = kind;
  reading.rule->index = number_in(inner.substr(0, comma));
  reading.rule->slot = number_in(inner.substr(comma + 1));
  read_operand(reading);
}

void lower_single_counter(Reading& reading, ActionKind kind) {
  if (!sound_after(reading, check_first_counters)) return;
  const auto inner = inner_word(reading);
  reading.rule->action = kind;
  reading.rule->slot = inner ? number_in(inner->value) : 0;
  read_operand(reading);
}

void lower_stick_rule(Reading& reading, config::StickRuleLine rule) {
  parser::DiagnosticSink unheard;  // as in lower_track
  const std::size_t size = expression_size(reading.arguments);
  auto rest = reading.arguments.subspan(size);
  rule.span = reading.span();
  rule.table = table_behind(reading, rest);
  rule.key = parse_expression_words(reading.arguments.first(size), unheard);
  if (!rest.empty() && rest[0] == "table") rest = rest.subspan(2);
  if (!rest.empty()) rule.condition = parser::parse_condition(rest, unheard);
  if (rule.key && (rest.empty() || rule.condition)) reading.proxy->stick_rules.push_back(std::move(rule));
}

}  // namespace shunt::graph
