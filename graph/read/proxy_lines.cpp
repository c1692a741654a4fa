// Proxy keywords: options, mode, acl, use_backend.
#include "graph/read/proxy_lines.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

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

void set_check(Reading& reading) {
  reading.settings().check = {std::string(reading.row->name), reading.span()};
}

// Up to 2.6 headers could hide behind the version; a fourth word, the host, came later.
void set_httpchk(Reading& reading) {
  const auto words = reading.arguments;
  const bool later = reading.state.language() >= 207;
  if (words.size() > 3 && !later) {
    reading.report(codes::unexpected_argument, words[3].span,
                   fmt::format("'option httpchk' doesn't take '{}' here", words[3].value));
    return;
  }
  set_check(reading);
  if (words.size() < 3) return;
  const std::size_t end = words[2].value.find("\r\n");
  if (end == std::string_view::npos) return;
  const std::string_view hidden = words[2].value.substr(end + 2);
  if (later || hidden.find(':') == std::string_view::npos) {
    reading.report(codes::bad_argument, words[2].slice(end, words[2].value.size()),
                   "headers don't belong behind the version; use 'http-check send'");
    return;
  }
  auto& found = reading.report(codes::deprecated, words[2].slice(end, words[2].value.size()),
                               "headers behind the version are deprecated; use 'http-check send'");
  found.severity = parser::Severity::warning;
}

// The modes that came later are known, but nothing here can execute them.
void read_mode(Reading& reading) {
  constexpr std::pair<std::string_view, int> later[] = {{"haterm", 304}, {"log", 209}, {"spop", 301}};
  const auto& word = reading.arguments[0];
  for (const auto& [name, since] : later) {
    if (word != name || reading.state.language() < since) continue;
    reading.report(codes::unsupported, word.span,
                   fmt::format("mode '{}' is valid HAProxy that this build can't execute", word.value));
    reading.settings().other_mode = {true, reading.span()};
    return;
  }
  if (word == "health") {
    reading.report(codes::removed, word.span,
                   "'mode health' is not supported any more: use 'http-request return status 200'");
    return;
  }
  reading.settings().other_mode.reset();
  if (const auto mode = read_name<Mode>(reading, word, names::modes))
    reading.settings().mode = {*mode, reading.span()};
}

// A negative number is taken and means none.
void read_retries(Reading& reading) {
  const auto retries =
      std::clamp<std::int64_t>(parser::leading_integer(reading.arguments[0].value), 0, 0x7fffffff);
  reading.settings().retries = {static_cast<std::uint32_t>(retries), reading.span()};
}

// A C int: 4294967297 is taken for 1.
void read_proxy_id(Reading& reading) {
  const auto& word = reading.arguments[0];
  const auto id = static_cast<std::int32_t>(parser::leading_integer(word.value));
  if (id > 0) {
    reading.proxy->id = {static_cast<std::uint32_t>(id), reading.span()};
    reading.proxy->ids.push_back(*reading.proxy->id);
    return;
  }
  reading.report(codes::bad_number, word.span,
                 fmt::format("'id' expects a number from 1 to 2147483647, not '{}'", word.value));
}

namespace {
// A guid is unique over all proxies and servers.
void note_guid(Reading& reading, const parser::Word& word) {
  auto& guids = reading.state.config.guids;
  const auto first = std::ranges::find(guids, word.value, &config::Text::value);
  if (first == guids.end()) {
    guids.push_back({std::string(word.value), word.span});
    return;
  }
  reading.report(codes::duplicate_id, word.span, fmt::format("the guid '{}' is used twice", word.value))
      .notes.push_back({"first used here", first->span});
}
}  // namespace

void read_guid(Reading& reading) {
  const auto& word = reading.arguments[0];
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == ':';
  };
  if (word.value.size() <= 127 && std::ranges::all_of(word.value, fits)) return note_guid(reading, word);
  reading.report(codes::bad_name, word.span,
                 "'guid' expects up to 127 letters, digits, '-', '_', '.' and ':'");
}

void set_application(Reading& reading) {
  const parser::Word& name = reading.arguments[0];
  reading.settings().application = {std::string(name.value), name.span};
}

void read_description(Reading& reading) {
  std::string text;
  for (const auto& word : reading.arguments) text += (text.empty() ? "" : " ") + std::string(word.value);
  reading.proxy->description = {std::move(text), reading.span()};
}

namespace {
// `-u NUMBER`, one of the flags between criterion and patterns, is unique in the proxy.
const parser::Word* acl_id(std::span<const parser::Word> words) {
  for (std::size_t at = 2; at + 1 < words.size() && words[at].value.starts_with('-'); ++at) {
    if (words[at] == "--") break;
    if (words[at] == "-u") return &words[at + 1];
    if (words[at] == "-f" || words[at] == "-m" || words[at] == "-M") ++at;
  }
  return nullptr;
}

bool check_acl_id(Reading& reading) {
  const parser::Word* id = acl_id(reading.arguments);
  if (id == nullptr) return true;
  for (const config::AclLine& line : reading.proxy->acls) {
    const parser::Word* other = acl_id(line.words);
    if (other == nullptr || parser::leading_integer(other->value) != parser::leading_integer(id->value))
      continue;
    if (line.words[0].value == reading.arguments[0].value) continue;
    reading
        .report(codes::duplicate_id, id->span,
                fmt::format("the id {} is already that of another ACL", id->value))
        .notes.push_back({"first used here", other->span});
    return false;
  }
  return true;
}
}  // namespace

void read_acl(Reading& reading) {
  const auto& name = reading.arguments[0];
  if (name == "or" || name == "||") {
    reading.report(codes::bad_name, name.span,
                   fmt::format("'{}' can't name an ACL, it is a word of conditions", name.value));
    return;
  }
  if (!check_name(reading, name) || !check_acl_id(reading)) return;
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
  // On the wrong side the rule is dropped, but its backend and its ACLs must exist.
  const bool computed = name.value.find("%[") != std::string_view::npos;
  if (reading.ignored && !computed) use(reading, config::Use::Kind::backend, reading.arguments[0]);
  if (reading.ignored && rule.condition)
    reading.state.config.uses.push_back({.kind = config::Use::Kind::condition,
                                         .words = reading.arguments.subspan(1),
                                         .keyword = reading.keyword.value,
                                         .place = fetchers::Place::fe_set_backend,
                                         .proxy = reading.proxy});
  rule.backend = {std::string(name.value), name.span};
  if (name.value.find("%[") != std::string_view::npos) {
    rule.computed = parser::parse_log_format(name, reading.state.sink);
    if (!rule.computed) return;
  }
  reading.proxy->switches.push_back(std::move(rule));
}

void read_default_backend(Reading& reading) {
  const auto& name = reading.arguments[0];
  if (reading.ignored) use(reading, config::Use::Kind::backend, name);
  reading.settings().default_backend = {std::string(name.value), name.span};
}

void read_external_check(Reading& reading) {
  auto& settings = reading.settings();
  auto& setting = reading.arguments[0] == "command" ? settings.external_command : settings.external_path;
  setting = {std::string(reading.arguments[1].value), reading.span()};
}

void read_bind_process(Reading& reading) {
  for (const auto& word : reading.arguments) {
    if (word == "all" || word == "odd" || word == "even" || word == "1" || word == "1-1") continue;
    reading.report(codes::bad_argument, word.span,
                   fmt::format("'bind-process' expects all, odd, even or 1, not '{}'", word.value));
    return;
  }
  auto& found = reading.report(codes::deprecated, reading.keyword.span,
                               "'bind-process' has no effect and is gone since HAProxy 2.7; remove it");
  found.severity = parser::Severity::warning;
}

}  // namespace shunt::graph
