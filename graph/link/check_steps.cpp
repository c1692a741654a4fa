// Steps of checks: the words of each rule, by tables of their options.
#include "graph/link/check_steps.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "graph/link/server_tls.hpp"
#include "graph/read/alpn_wire.hpp"
#include "graph/read/expression_words.hpp"
#include "parser/address.hpp"
#include "parser/ascii.hpp"
#include "parser/log_format_tree.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph {
namespace {

using fetchers::Place;
using parser::Word;
using Words = std::span<const Word>;

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, parser::ascii::is_digit);
}

// How many words an option of `connect` takes; an expression may take more.
struct ConnectWord {
  std::string_view name;
  std::size_t arguments = 0;
  bool CheckConnect::* flag = nullptr;
};
constexpr std::array connect_words{
    ConnectWord{"addr", 1},
    ConnectWord{"alpn", 1},
    ConnectWord{"comment", 1},
    ConnectWord{"default", 0, &CheckConnect::defaults},
    ConnectWord{"linger", 0, &CheckConnect::linger},
    ConnectWord{"port", 1},
    ConnectWord{"proto", 1},
    ConnectWord{"send-proxy", 0, &CheckConnect::proxy_header},
    ConnectWord{"sni", 1},
    ConnectWord{"ssl", 0, &CheckConnect::tls},
    ConnectWord{"via-socks4"},
};

const ConnectWord* find_connect_word(std::string_view name) {
  const auto* const found = std::ranges::find(connect_words, name, &ConnectWord::name);
  return found == connect_words.end() ? nullptr : found;
}

struct OutcomeName {
  std::string_view name;
  CheckOutcome outcome;
};
constexpr std::array outcome_names{
    OutcomeName{"L4OK", CheckOutcome::l4_passed},    OutcomeName{"L6OK", CheckOutcome::l6_passed},
    OutcomeName{"L7OK", CheckOutcome::l7_passed},    OutcomeName{"L7OKC", CheckOutcome::l7_conditional},
    OutcomeName{"L4CON", CheckOutcome::l4_problem},  OutcomeName{"L4TOUT", CheckOutcome::l4_timeout},
    OutcomeName{"L6RSP", CheckOutcome::l6_invalid},  OutcomeName{"L6TOUT", CheckOutcome::l6_timeout},
    OutcomeName{"L7RSP", CheckOutcome::l7_invalid},  OutcomeName{"L7STS", CheckOutcome::l7_status},
    OutcomeName{"L7TOUT", CheckOutcome::l7_timeout},
};

CheckOutcome outcome_of(std::string_view name) {
  return std::ranges::find(outcome_names, name, &OutcomeName::name)->outcome;
}

using Kind = CheckExpect::Kind;
struct PatternName {
  std::string_view name;
  Kind kind;
};
constexpr std::array pattern_names{
    PatternName{"binary", Kind::bytes},
    PatternName{"binary-lf", Kind::bytes_format},
    PatternName{"fhdr", Kind::full_header},
    PatternName{"hdr", Kind::header},
    PatternName{"rbinary", Kind::bytes_regex},
    PatternName{"rstatus", Kind::status_regex},
    PatternName{"rstring", Kind::regex},
    PatternName{"status", Kind::status},
    PatternName{"string", Kind::text},
    PatternName{"string-lf", Kind::text_format},
    // of our own scripts
    PatternName{"mysql-greeting", Kind::mysql_greeting},
    PatternName{"mysql-verdict", Kind::mysql_verdict},
    PatternName{"ldap", Kind::ldap},
    PatternName{"spop", Kind::spop},
};

using Match = HeaderPattern::Match;
constexpr std::pair<std::string_view, Match> match_names[] = {{"str", Match::exact},
                                                              {"beg", Match::begin},
                                                              {"end", Match::end},
                                                              {"sub", Match::part},
                                                              {"reg", Match::regex}};

std::vector<std::pair<std::int64_t, std::int64_t>> read_statuses(std::string_view list) {
  std::vector<std::pair<std::int64_t, std::int64_t>> ranges;
  while (!list.empty()) {
    const std::string_view part = list.substr(0, list.find(','));
    list.remove_prefix(std::min(part.size() + 1, list.size()));
    const std::size_t dash = part.find('-');
    const std::int64_t first = parser::leading_integer(part.substr(0, dash));
    ranges.emplace_back(
        first, dash == std::string_view::npos ? first : parser::leading_integer(part.substr(dash + 1)));
  }
  return ranges;
}

std::optional<acl::Regex> regex(std::string_view pattern) {
  auto compiled = acl::Regex::compile(pattern, false);
  return compiled ? std::optional(std::move(compiled.value())) : std::nullopt;
}

}  // namespace

void refuse_in_checks(Linking& linking, parser::Span span, std::string_view what) {
  linking.report(codes::unsupported, span,
                 fmt::format("{} in checks is valid HAProxy that this build can't execute", what));
}

bool connects_by_tls(Words words) {
  if (words.empty() || words[0] != "connect") return false;
  for (words = words.subspan(1); !words.empty();) {
    const ConnectWord* const word = find_connect_word(words[0].value);
    if (word != nullptr && word->flag == &CheckConnect::tls) return true;
    words = words.subspan(std::min(words.size(), 1 + (word == nullptr ? 0 : word->arguments)));
  }
  return false;
}

CheckSteps::CheckSteps(Linking& linking, const config::Proxy& owner, bool http)
    : linking_(linking), http_(http) {
  linking_.program.expressions().set_owner(owner_of(linking, owner));
}

std::optional<fetchers::LogFormat> CheckSteps::format(const Word& word) {
  const auto tree = parser::parse_log_format(word, judged_);
  if (!tree) return std::nullopt;
  auto made = fetchers::compile_log_format(*tree, Place::be_check, linking_.program.expressions(), judged_);
  if (made) made->line = false;
  return made;
}

std::optional<fetchers::ExpressionId> CheckSteps::expression(Words words) {
  const auto tree = parse_expression_words(words, judged_);
  if (!tree) return std::nullopt;
  return linking_.program.expressions().compile(*tree, Place::be_check, judged_);
}

void CheckSteps::push(CheckStep step) {
  step.comment = std::exchange(comment_, {});
  steps_.push_back(std::move(step));
}

void CheckSteps::add(std::span<const std::string_view> words) {
  std::vector<Word> made;
  for (const std::string_view word : words)
    if (!word.empty()) made.push_back({.value = word});
  add(Words(made));
}

void CheckSteps::add(Words words) {
  if (words.empty()) return;
  const std::string_view rule = words[0].value;
  const Words rest = words.subspan(1);
  if (rule == "comment" && !rest.empty()) {
    comment_ = rest[0].value;
    return push({.what = CheckComment{}});
  }
  if (rule == "connect") return add_connect(rest);
  if (rule == "expect") return add_expect(rest);
  if (rule.find("-var") != std::string_view::npos) return add_variable(rule, rest);
  if (rule == "send" && http_) return add_request(rest);
  if (rule.starts_with("send") && !http_) add_bytes(rule, rest);
}

// ---- connect

Words CheckSteps::read_connect_option(CheckConnect& connect, Words words) {
  const ConnectWord* const option = find_connect_word(words[0].value);
  if (option == nullptr || words.size() <= option->arguments) return {};
  if (option->flag != nullptr) connect.*option->flag = true;
  if (option->name == "via-socks4") refuse_in_checks(linking_, words[0].span, "'via-socks4'");
  if (option->arguments == 0) return words.subspan(1);
  const Word& value = words[1];
  if (option->name == "comment") comment_ = value.value;
  if (option->name == "proto" && (value == "h2" || value == "fcgi"))
    refuse_in_checks(linking_, value.span, "'proto'");
  if (option->name == "alpn") connect.protocols = alpn_wire(value.value).value_or(std::string());
  if (option->name == "sni") connect.server_name = value.value;
  if (option->name == "addr")
    if (const auto address = parser::parse_address(value.value)) {
      connect.address = linking_.resolver.resolve(address.value());
      if (connect.address && connect.address->port != 0 && connect.port == 0)
        connect.port = connect.address->port;
    }
  if (option->name != "port") return words.subspan(2);
  if (is_number(value.value)) {
    connect.port = static_cast<std::uint16_t>(parser::leading_integer(value.value));
    return words.subspan(2);
  }
  const std::size_t size = expression_size(words.subspan(1));
  connect.port_value = expression(words.subspan(1, size));
  return words.subspan(1 + size);
}

void CheckSteps::add_connect(Words words) {
  CheckConnect connect;
  while (!words.empty()) words = read_connect_option(connect, words);
  push({.what = std::move(connect)});
}

bool CheckSteps::has_connect() const {
  return std::ranges::any_of(
      steps_, [](const CheckStep& step) { return std::holds_alternative<CheckConnect>(step.what); });
}

// ---- send

void CheckSteps::add_bytes(std::string_view rule, Words words) {
  if (words.empty()) return;
  CheckSend send{.hex = rule.starts_with("send-binary")};
  if (rule.ends_with("-lf"))
    send.format = format(words[0]);
  else if (!send.hex)
    send.bytes = words[0].value;
  else
    std::ignore = decode_hex(words[0].value, send.bytes);
  if (words.size() > 2 && words[1] == "comment") comment_ = words[2].value;
  push({.what = std::move(send)});
}

Words CheckSteps::read_request_option(CheckRequest& request, Words words) {
  const std::string_view name = words[0].value;
  const std::size_t size = name == "hdr" ? 3 : 2;
  if (words.size() < size) return {};
  const Word& value = words[1];
  if (name == "meth") request.method = value.value;
  if (name == "ver") request.version = value.value;
  if (name == "comment") comment_ = value.value;
  if (name == "uri") {
    request.uri = value.value;
    request.uri_format.reset();
  }
  if (name == "uri-lf") request.uri_format = format(value);
  if (name == "body") request.body = value.value;
  if (name == "body-lf") request.body_format = format(value);
  if (name == "hdr")
    if (auto made = format(words[2])) {
      const std::string header = parser::ascii::lowered(value.value);
      // These are ours to say.
      if (header != "content-length" && header != "transfer-encoding")
        request.headers.push_back({header, std::move(*made)});
    }
  return words.subspan(size);
}

CheckRequest& CheckSteps::first_request() {
  for (CheckStep& step : steps_)
    if (auto* const request = std::get_if<CheckRequest>(&step.what)) return *request;
  return request_.emplace();
}

// What the option has said holds for the first request, where that doesn't say otherwise.
void CheckSteps::add_request(Words words) {
  CheckRequest request = !asked_ && request_ ? *request_ : CheckRequest{};
  asked_ = true;
  while (!words.empty()) words = read_request_option(request, words);
  push({.what = std::move(request)});
}

// ---- expect

Words CheckSteps::read_header(HeaderPattern& pattern, Words words) {
  const bool formatted = words[0].value.ends_with("-lf");
  words = words.subspan(1);
  pattern.match = Match::exact;
  if (words.size() > 2 && words[0] == "-m") {
    const auto* const found =
        std::ranges::find(match_names, words[1].value, &std::pair<std::string_view, Match>::first);
    if (found != std::end(match_names)) pattern.match = found->second;
    words = words.subspan(2);
  }
  if (words.empty()) return words;
  if (formatted)
    pattern.format = format(words[0]);
  else if (pattern.match == Match::regex)
    pattern.regex = regex(words[0].value);
  else
    pattern.text = words[0].value;
  return words.subspan(1);
}

Words CheckSteps::read_code(CheckExpect& expect, Words words) {
  const std::size_t size = expression_size(words);
  expect.code = expression(words.first(size));
  return words.subspan(size);
}

// "!string" is "! string".
Words CheckSteps::read_expect_pattern(CheckExpect& expect, Words words) {
  std::string_view name = words[0].value;
  if (name.starts_with('!')) {
    expect.negated = !expect.negated;
    name.remove_prefix(1);
  }
  const auto* const found = std::ranges::find(pattern_names, name, &PatternName::name);
  if (found == pattern_names.end()) return words.subspan(1);  // a lonely "!"
  expect.kind = found->kind;
  words = words.subspan(1);
  if (found->kind >= Kind::mysql_greeting || words.empty()) return words;
  const Word& value = words[0];
  switch (found->kind) {
    case Kind::text: expect.text = value.value; break;
    case Kind::bytes: std::ignore = decode_hex(value.value, expect.text); break;
    case Kind::text_format:
    case Kind::bytes_format: expect.format = format(value); break;
    case Kind::status: expect.statuses = read_statuses(value.value); break;
    case Kind::header:
    case Kind::full_header:
      words = read_header(expect.name, words);
      return !words.empty() && words[0].value.starts_with("value") ? read_header(expect.value, words) : words;
    default: expect.regex = regex(value.value); break;
  }
  return words.subspan(1);
}

Words CheckSteps::read_expect_option(CheckExpect& expect, Words words) {
  const std::string_view name = words[0].value;
  if (words.size() < 2) return read_expect_pattern(expect, words);
  const Word& value = words[1];
  if (name == "status-code") return read_code(expect, words.subspan(1));
  if (name == "comment")
    comment_ = value.value;
  else if (name == "min-recv")
    expect.least = parser::leading_integer(value.value);
  else if (name == "ok-status")
    expect.passed = outcome_of(value.value);
  else if (name == "error-status")
    expect.failed = outcome_of(value.value);
  else if (name == "tout-status")
    expect.late = outcome_of(value.value);
  else if (name == "on-success")
    expect.on_success = format(value);
  else if (name == "on-error")
    expect.on_error = format(value);
  else
    return read_expect_pattern(expect, words);
  return words.subspan(2);
}

void CheckSteps::add_expect(Words words) {
  CheckExpect expect;
  while (!words.empty()) words = read_expect_option(expect, words);
  push({.what = std::move(expect)});
}

// ---- variables

// "set-var(txn.x,ifset)"
void CheckSteps::add_variable(std::string_view rule, Words words) {
  const std::size_t open = rule.find('('), close = rule.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return;
  std::string_view inner = rule.substr(open + 1, close - open - 1);
  CheckVariable variable;
  std::string error;
  const std::string_view name = inner.substr(0, inner.find(','));
  const auto found = fetchers::parse_variable(name, linking_.program.expressions().variable_names(), error);
  if (!found) return;
  variable.variable = *found;
  while (inner.find(',') != std::string_view::npos) {
    inner.remove_prefix(inner.find(',') + 1);
    variable.conditions = static_cast<fetchers::VariableConditions>(
        variable.conditions | fetchers::variable_condition(inner.substr(0, inner.find(','))));
  }
  const std::string_view kind = rule.substr(0, open);
  if (kind == "set-var-fmt" && !words.empty()) variable.format = format(words[0]);
  if (kind == "set-var" && !words.empty())
    variable.expression = expression(words.first(expression_size(words)));
  push({.what = std::move(variable)});
}

// ---- what nobody wrote

// A request that is missing comes before what is expected of it, and behind the variables. Without an answer
// to expect it is judged by its status.
void CheckSteps::finish_requests() {
  if (!asked_ && !request_) return;  // the option stands in `defaults`, and not these lines [seen]
  if (!asked_) {
    const auto place = std::ranges::find_if(steps_,
                                            [](const CheckStep& step) {
                                              return std::holds_alternative<CheckExpect>(step.what) ||
                                                     std::holds_alternative<CheckComment>(step.what);
                                            }) -
                       steps_.begin();
    add_request({});
    std::rotate(steps_.begin() + place, steps_.end() - 1, steps_.end());
  }
  const auto is_step = [](const CheckStep& step) {
    return std::holds_alternative<CheckRequest>(step.what) || std::holds_alternative<CheckExpect>(step.what);
  };
  const auto last = std::find_if(steps_.rbegin(), steps_.rend(), is_step);
  if (last != steps_.rend() && std::holds_alternative<CheckExpect>(last->what)) return;
  push({.what = CheckExpect{.kind = Kind::status, .statuses = {{200, 399}}}});
}

std::vector<CheckStep> CheckSteps::take() && {
  if (http_) finish_requests();
  if (!has_connect())
    steps_.insert(steps_.begin(), CheckStep{.what = CheckConnect{.implicit = true, .defaults = true}});
  return std::move(steps_);
}

}  // namespace shunt::graph
