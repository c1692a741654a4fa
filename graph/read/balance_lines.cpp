// How a backend chooses a server: algorithms, hashes, rules and persistence.
#include "graph/read/balance_lines.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "graph/names.hpp"
#include "graph/read/expression_words.hpp"
#include "graph/rows/families.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph {

void read_balance(Reading& reading) {
  std::erase_if(reading.settings().http_only,
                [](const config::Note& note) { return note.before == "balance"; });
  // 3.x takes a bare `balance` as its default algorithm.
  if (reading.arguments.empty()) {
    reading.settings().balance = {Balance{}, reading.span()};
    return;
  }
  Reading inner = reading;
  inner.keyword = reading.arguments.front();
  inner.arguments = reading.arguments.subspan(1);
  dispatch(inner, balance_family);
}

// Without a function the ring mixes its hashes; with one only where that is asked for.
void read_hash_type(Reading& reading) {
  const auto words = reading.arguments;
  HashType type{.consistent = words[0] == "consistent"};
  if (words.size() > 1) {
    const auto function = read_name<HashFunction>(reading, words[1], names::hash_functions);
    if (!function) return;
    type.function = *function;
  }
  type.avalanche = words.size() > 1 ? words.size() > 2 : type.consistent;
  reading.settings().hash_type = {type, reading.span()};
}

void read_affinity(Reading& reading) {
  if (const auto affinity = read_name<Affinity>(reading, reading.arguments[0], names::affinities))
    reading.settings().affinity = {*affinity, reading.span()};
}

void read_hash_balance_factor(Reading& reading) {
  const auto& word = reading.arguments[0];
  const std::int64_t factor = parser::leading_integer(word.value);
  if (factor == 0 || factor > 100) {
    reading.settings().hash_balance_factor = {static_cast<std::uint32_t>(factor), reading.span()};
    return;
  }
  reading.report(codes::bad_number, word.span,
                 fmt::format("'hash-balance-factor' expects 0 or more than 100, not '{}'", word.value));
}

// The server and the condition were checked by the row's syntax; what is wrong with them is told by the
// linker.
void read_use_server(Reading& reading) {
  reading.proxy->checked.use_server = true;
  parser::DiagnosticSink unheard;
  const auto& name = reading.arguments[0];
  auto condition = parser::parse_condition(reading.arguments.subspan(1), unheard);
  if (!condition) return;
  config::ServerRule rule{.server = {std::string(name.value), name.span},
                          .condition = std::move(*condition),
                          .span = reading.span()};
  if (name.value.find("%[") != std::string_view::npos)
    rule.computed = parser::parse_log_format(name, unheard);
  reading.proxy->server_rules.push_back(std::move(rule));
}

std::optional<config::PersistRule> persist_rule(const Reading& reading) {
  parser::DiagnosticSink unheard;
  auto condition = parser::parse_condition(reading.arguments, unheard);
  if (!condition) return std::nullopt;
  return config::PersistRule{.condition = std::move(*condition), .span = reading.span()};
}

// The fetch of the cookie of remote desktop clients, with a name.
std::shared_ptr<const parser::ExpressionTree> rdp_cookie_key(Reading& reading, std::string_view name) {
  auto& config = reading.state.config;
  const auto& text = config.made_texts.emplace_back(fmt::format("req.rdp_cookie({})", name));
  const parser::Word& word =
      config.made_words.emplace_back(parser::Word{.value = text, .span = reading.keyword.span});
  parser::DiagnosticSink unheard;
  auto tree = parse_expression_words(std::span(&word, 1), unheard);
  return tree ? std::make_shared<const parser::ExpressionTree>(std::move(*tree)) : nullptr;
}

// rdp-cookie or rdp-cookie(NAME)
void read_persist(Reading& reading) {
  const auto& word = reading.arguments[0];
  constexpr std::string_view method = "rdp-cookie";
  const bool bare = word == method;
  const std::size_t open = word.value.find('('), close = word.value.find(')');
  const bool named =
      word.value.starts_with("rdp-cookie(") && close != std::string_view::npos && close > open + 1;
  if (!bare && !named) {
    reading.report(codes::bad_argument, word.span,
                   fmt::format("'persist' expects 'rdp-cookie' or 'rdp-cookie(NAME)', not '{}'", word.value));
  } else if (named && reading.arguments.size() > 1) {
    reading.report(codes::unexpected_argument, reading.arguments[1].span,
                   fmt::format("'persist' doesn't take '{}'", reading.arguments[1].value));
  } else {
    const std::string_view cookie = named ? word.value.substr(open + 1, close - open - 1) : "msts";
    reading.settings().persistence = rdp_cookie_key(reading, cookie);
  }
}

}  // namespace shunt::graph
