// Proxy keywords: options, mode, balance, acl, use_backend.
#include "graph/read/proxy_lines.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "graph/names.hpp"
#include "graph/rows/families.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph {

void store_option(Reading& reading, config::OptionId option) {
  constexpr config::OptionValue values[] = {config::OptionValue::on, config::OptionValue::off,
                                            config::OptionValue::standard};  // in order of Prefix
  reading.settings().options[static_cast<std::size_t>(option)] = {
      values[static_cast<std::size_t>(reading.prefix)], reading.span()};
}

void set_redispatch(Reading& reading) {
  store_option(reading, config::OptionId::redispatch);
  // HAProxy takes any word as the interval ("x" is 0), cuts it to 32 bits and ignores what follows [seen].
  reading.settings().redispatch_interval =
      reading.arguments.empty()
          ? -1
          : static_cast<std::int32_t>(parser::leading_integer(reading.arguments[0].value));
}

void read_mode(Reading& reading) {
  const auto& word = reading.arguments[0];
  if (word == "log" || word == "spop" || word == "haterm") {
    reading.report(codes::unsupported, word.span,
                   fmt::format("mode '{}' is valid HAProxy that this build can't execute", word.value));
    return;
  }
  if (const auto mode = read_name<Mode>(reading, word, names::modes))
    reading.settings().mode = {*mode, reading.span()};
}

void read_balance(Reading& reading) {
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

// A negative number is taken and means none.
void read_retries(Reading& reading) {
  const auto retries =
      std::clamp<std::int64_t>(parser::leading_integer(reading.arguments[0].value), 0, 0x7fffffff);
  reading.settings().retries = {static_cast<std::uint32_t>(retries), reading.span()};
}

void read_hash_type(Reading& reading) {
  const auto words = reading.arguments;
  const bool plain = words[0] == "map-based" && (words.size() < 2 || words[1] == "sdbm") && words.size() < 3;
  if (plain) return;
  if (words[0] == "map-based" || words[0] == "consistent") {
    reading.report(codes::unsupported, reading.span(),
                   "'hash-type' runs only with 'map-based' and the function 'sdbm' in this build");
    return;
  }
  reading.report(codes::bad_argument, words[0].span,
                 fmt::format("'hash-type' expects 'map-based' or 'consistent', not '{}'", words[0].value));
}

void read_description(Reading& reading) {
  std::string text;
  for (const auto& word : reading.arguments) text += (text.empty() ? "" : " ") + std::string(word.value);
  reading.proxy->description = {std::move(text), reading.span()};
}

void read_acl(Reading& reading) {
  const auto& name = reading.arguments[0];
  if (name == "or" || name == "||") {
    reading.report(codes::bad_name, name.span,
                   fmt::format("'{}' can't name an ACL, it is a word of conditions", name.value));
    return;
  }
  if (!check_name(reading, name)) return;
  reading.proxy->acls.push_back({.words = reading.arguments, .span = reading.span()});
}

void read_use_backend(Reading& reading) {
  config::SwitchRule rule{.span = reading.span()};
  const auto name = reading.arguments[0];
  Reading rest = reading;
  rest.arguments = reading.arguments.subspan(1);
  if (!split_condition(rest, rule.condition)) return;
  if (!rest.arguments.empty()) {
    reading.report(
        codes::unexpected_argument, rest.arguments[0].span,
        fmt::format("'if' or 'unless' is expected behind the backend, not '{}'", rest.arguments[0].value));
    return;
  }
  rule.backend = {std::string(name.value), name.span};
  if (name.value.find("%[") != std::string_view::npos) {
    rule.computed = parser::parse_log_format(name, reading.state.sink);
    if (!rule.computed) return;
  }
  reading.proxy->switches.push_back(std::move(rule));
}

void read_default_backend(Reading& reading) {
  const auto& name = reading.arguments[0];
  reading.settings().default_backend = {std::string(name.value), name.span};
}

}  // namespace shunt::graph
