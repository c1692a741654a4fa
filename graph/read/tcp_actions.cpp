// Lowering functions of the actions in tcp-request and tcp-response rules.
#include "graph/read/tcp_actions.hpp"

#include <cstdlib>
#include <string>

#include "graph/names.hpp"
#include "graph/read/expression_words.hpp"
#include "graph/read/http_rules.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph {
namespace {

using parser::Word;

// The variable between the parentheses of "set-var(txn.x,ifset)", with its conditions, which check_variable
// has judged.
bool read_variable(Reading& reading) {
  const auto errors = reading.state.sink.count(parser::Severity::error);
  check_variable(reading);
  if (reading.state.sink.count(parser::Severity::error) != errors) return false;
  const Word& word = reading.keyword;
  const auto open = word.value.find('(');
  const auto close = word.value.rfind(')');
  const auto name = word.value.substr(open + 1, close - open - 1);
  reading.rule->variable = {std::string(name), word.slice(open + 1, close)};
  return true;
}

void set_action(Reading& reading, ActionKind kind) { reading.rule->action = kind; }

void read_expression(Reading& reading, std::span<const Word> words) {
  reading.rule->expression = parse_expression_words(words, reading.state.sink);
}

bool begins_with_digit(const Word& word) {
  return word.value.empty() || (word.value[0] >= '0' && word.value[0] <= '9') || word.value[0] == '-';
}

// As strtoul with base 0 reads it; the syntax has judged the text.
std::int64_t any_base_number(const Word& word) {
  return static_cast<std::int64_t>(std::strtoul(std::string(word.value).c_str(), nullptr, 0));
}

}  // namespace

void lower_accept(Reading& reading) { reading.rule->action = ActionKind::accept; }
void lower_reject(Reading& reading) { reading.rule->action = ActionKind::reject; }

void lower_set_var(Reading& reading) {
  if (!read_variable(reading)) return;
  reading.rule->action = ActionKind::set_var;
  reading.rule->expression = parse_expression_words(reading.arguments, reading.state.sink);
}

// Without a format the text is empty.
void lower_set_var_fmt(Reading& reading) {
  if (!read_variable(reading)) return;
  const Word nothing{.value = {}, .span = reading.keyword.span};
  const Word& format = reading.arguments.empty() ? nothing : reading.arguments[0];
  reading.rule->action = ActionKind::set_var;
  reading.rule->format_text = std::string(format.value);
  reading.rule->format = parser::parse_log_format(format, reading.state.sink);
}

void lower_unset_var(Reading& reading) {
  const auto errors = reading.state.sink.count(parser::Severity::error);
  check_plain_variable(reading);
  if (reading.state.sink.count(parser::Severity::error) == errors && read_variable(reading))
    reading.rule->action = ActionKind::unset_var;
}

// The length stands behind `len`, the last word but one.
void lower_capture(Reading& reading) {
  check_capture(reading);
  set_action(reading, ActionKind::capture);
  reading.rule->number = parser::leading_integer(reading.arguments.back().value);
  read_expression(reading, reading.arguments.first(reading.arguments.size() - 2));
}

void lower_close(Reading& reading) { set_action(reading, ActionKind::close); }
void lower_expect_netscaler_cip(Reading& reading) { set_action(reading, ActionKind::expect_netscaler_cip); }
void lower_expect_proxy(Reading& reading) { set_action(reading, ActionKind::expect_proxy); }

void lower_silent_drop(Reading& reading) {
  set_action(reading, ActionKind::silent_drop);
  if (reading.arguments.size() == 2)
    reading.rule->number = parser::leading_integer(reading.arguments[1].value);
}

void lower_with_expression(Reading& reading, ActionKind kind) {
  set_action(reading, kind);
  read_expression(reading, reading.arguments);
}

void lower_with_number(Reading& reading, ActionKind kind) {
  set_action(reading, kind);
  if (!begins_with_digit(reading.arguments[0])) return read_expression(reading, reading.arguments);
  reading.rule->number = any_base_number(reading.arguments[0]);
}

void lower_set_retries(Reading& reading) {
  check_back_side(reading);
  lower_with_number(reading, ActionKind::set_retries);
}

void lower_set_log_level(Reading& reading) {
  set_action(reading, ActionKind::set_log_level);
  reading.rule->number = silent_level;
  for (std::size_t i = 0; i < std::size(names::log_levels); ++i)
    if (reading.arguments[0] == names::log_levels[i]) reading.rule->number = static_cast<std::int64_t>(i);
}

// Nobody waits for anybody else here, so nothing could be nicer than it is.
void lower_set_nice(Reading& reading) {
  set_action(reading, ActionKind::set_nice);
  reading.rule->number = parser::leading_integer(reading.arguments[0].value);
}

}  // namespace shunt::graph
