// `global` keywords that do more than store one value.
#include "graph/read/global_lines.hpp"
#include <algorithm>

#include <fmt/core.h>

#include "graph/read/expression_words.hpp"
#include "graph/rows/families.hpp"
#include "parser/ascii.hpp"

namespace shunt::graph {

std::string join_words(std::span<const parser::Word> words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + std::string(word.value);
  return text;
}

void read_threads(Reading& reading) {
  const std::int64_t most = reading.state.language() < 300 ? 64 : 1024;
  const auto count = read_strict_number(reading, reading.arguments[0], 1, most);
  if (count) store<&config::Global::nbthread>(reading, *count);
}

// The two names may differ in case only.
void check_case(Reading& reading) {
  const auto& words = reading.arguments;
  if (parser::ascii::same(words[0].value, words[1].value)) return;
  reading.report(codes::bad_argument, words[1].span,
                 fmt::format("'{}' is not '{}' in another case", words[1].value, words[0].value));
}

void read_default_path(Reading& reading) {
  const auto& words = reading.arguments;
  const bool origin = words[0] == "origin";
  const auto wrong =
      reading.state.paths.set(words[0].value, origin ? words[1].value : "", reading.line->span.file);
  if (!wrong || reading.state.assume_files) return;
  reading.report(codes::missing_file, words[origin ? 1 : 0].span,
                 fmt::format("'default-path': can't change to the directory: {}", *wrong));
}

// 3.x takes a size here; 2.6 reads "16k" as 16 and crashes, and error pages need 337 bytes.
void read_bufsize(Reading& reading) {
  const std::uint32_t least = reading.state.target == Target::haproxy_2_6 ? 337 : 1024;
  const auto size = read_size(reading, reading.arguments[0]);
  if (!size) return;
  if (*size < least) {
    reading.report(
        codes::bad_number, reading.arguments[0].span,
        fmt::format("'tune.bufsize' expects at least {} bytes, not '{}'", least, reading.arguments[0].value));
    return;
  }
  store<&config::Global::bufsize>(reading, *size);
}

void read_user_name(Reading& reading) {
  if (!reading.state.assume_files) set_user<&config::Global::uid>(reading);
}
void read_group_name(Reading& reading) {
  if (!reading.state.assume_files) set_group<&config::Global::gid>(reading);
}

void warn_of_rest(Reading& reading) {
  const parser::Word& word = reading.arguments[0];
  if (word.value.find_first_not_of("0123456789") == std::string_view::npos) return;
  reading.report(codes::trailing_text, word.span,
                 fmt::format("{} expects a number, not '{}', of which {} is read", reading.quoted(),
                             word.value, parser::leading_integer(word.value)));
}

// 3.3 wants -W on the command line instead of the bare word.
void read_master_worker(Reading& reading) {
  if (reading.state.target != Target::haproxy_3_5 || !reading.arguments.empty()) return;
  reading.report(codes::removed, reading.keyword.span,
                 "'master-worker' is refused since HAProxy 3.3: start with the flag -W or -Ws");
}

void need_experimental(Reading& reading) {
  if (reading.global().experimental) return;
  reading.report(
      codes::experimental, reading.keyword.span,
      fmt::format("{} is experimental: it needs 'expose-experimental-directives' in 'global' above",
                  reading.quoted()));
}

void refuse_foreign(Reading& reading) {
  if (reading.state.target == Target::shunt) return;
  reading.report(
      codes::unknown_keyword, reading.keyword.span,
      fmt::format("{} is known only to a HAProxy built with the library that it needs", reading.quoted()));
}

void read_log_hostname(Reading& reading) {
  store<&config::Global::log_send_hostname>(
      reading, reading.arguments.empty() ? std::string() : std::string(reading.arguments[0].value));
}

// Once it was taken back, no later line makes the limits strict again [seen].
void read_strict_limits(Reading& reading) {
  if (reading.prefix == Prefix::no) store<&config::Global::lenient_limits>(reading, true);
}

// The same words as on bind lines; those that make no sense as a default are refused by name.
void read_bind_options(Reading& reading) {
  constexpr std::string_view known[] = {
      "force-sslv3",  "force-tlsv10", "force-tlsv11",   "force-tlsv12",
      "force-tlsv13", "no-sslv3",     "no-tls-tickets", "no-tlsv10",
      "no-tlsv11",    "no-tlsv12",    "no-tlsv13",      "prefer-client-ciphers",
      "ssl-max-ver",  "ssl-min-ver",  "strict-sni",     "tls-tickets"};
  auto words = reading.arguments;
  while (!words.empty()) {
    const std::size_t count = words[0].value.starts_with("ssl-m") && words.size() > 1 ? 2 : 1;
    Reading inner = reading;
    const bool newer = words[0] == "strict-sni" || words[0] == "tls-tickets";
    if (std::ranges::find(known, words[0].value) == std::end(known) ||
        (newer && reading.state.language() < 302)) {
      reading.report(codes::unknown_keyword, words[0].span,
                     fmt::format("unknown TLS option '{}' in {}", words[0].value, reading.quoted()));
    } else {
      read_parameters(inner, bind_family, words.first(count));
    }
    words = words.subspan(count);
  }
}

// The row's syntax has judged the words; what follows the expression means nothing.
void read_process_variable(Reading& reading) {
  parser::DiagnosticSink judged;
  config::TcpRule rule{.action = ActionKind::set_var, .span = reading.span()};
  rule.variable = {std::string(reading.arguments[0].value), reading.arguments[0].span};
  for (std::size_t words = reading.arguments.size() - 1; words != 0 && !rule.expression; --words)
    rule.expression = parse_expression_words(reading.arguments.subspan(1, words), judged);
  if (rule.expression) reading.global().variables.push_back(std::move(rule));
}

void read_process_variable_format(Reading& reading) {
  parser::DiagnosticSink judged;
  config::TcpRule rule{.action = ActionKind::set_var, .span = reading.span()};
  rule.variable = {std::string(reading.arguments[0].value), reading.arguments[0].span};
  rule.format = parser::parse_log_format(reading.arguments[1], judged);
  if (rule.format) reading.global().variables.push_back(std::move(rule));
}

}  // namespace shunt::graph
