// Reads the lines of `resolvers` sections.
#include "graph/read/resolver_lines.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <sstream>
#include <string>

#include "graph/read/expression_words.hpp"
#include "graph/read/http_rules.hpp"
#include "graph/read/proxy_lines.hpp"
#include "graph/read/quiet_reading.hpp"
#include "graph/rows/families.hpp"
#include "parser/outside.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph {
namespace {

using config::ResolversSection;
using parser::Word;

constexpr std::uint16_t dns_port = 53;
constexpr const char* system_file = "/etc/resolv.conf";

ResolversSection& open_section(Reading& reading) { return reading.state.config.resolvers.back(); }

struct HoldName {
  std::string_view name;
  std::chrono::milliseconds Holds::* member;
};
constexpr HoldName holds[] = {{"nx", &Holds::nx},           {"refused", &Holds::refused},
                              {"timeout", &Holds::timeout}, {"other", &Holds::other},
                              {"valid", &Holds::valid},     {"obsolete", &Holds::obsolete}};

bool is_stream(const Word& word) {
  return std::ranges::any_of(std::initializer_list<std::string_view>{"tcp@", "tcp4@", "tcp6@", "stream+"},
                             [&](std::string_view prefix) { return word.value.starts_with(prefix); });
}

bool has_server(const ResolversSection& section, std::string_view name) {
  return std::ranges::any_of(section.servers, [&](const auto& each) { return each.made.name == name; });
}

// A name server over a stream is a server with parameters, none of which is needed for plain questions.
void refuse_parameters(Reading& reading) {
  if (reading.arguments.size() < 3) return;
  reading.report(codes::unsupported, reading.arguments[2].span,
                 "parameters of a name server are valid HAProxy that this build can't execute");
}

// ---- /etc/resolv.conf

using Tell = std::function<void(const parser::Code&, std::string)>;
constexpr std::string_view blanks = " \t";

// The words behind a keyword that begins the line; nullopt: it has another one.
std::optional<std::string_view> behind_keyword(std::string_view line) {
  constexpr std::string_view keyword = "nameserver";
  if (!line.starts_with(keyword)) return std::nullopt;
  line.remove_prefix(keyword.size());
  if (!line.empty() && std::string_view(" \t\r").find(line.front()) == std::string_view::npos)
    return std::nullopt;
  line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  return line.substr(0, line.find_first_of(" \t\r"));
}

bool is_name_text(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.';
}

// As bind lines are read, but without a port: also "*", "127.1", names and "[::1]".
std::optional<parser::Address> system_address(std::string_view text) {
  parser::Address address{.host = {}, .port = dns_port};
  address.port_kind = parser::PortKind::absolute;
  address.family = parser::AddressFamily::ipv4;
  if (text == "*") return address;
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  if (const auto ipv6 = parser::parse_ipv6(text)) {
    address.family = parser::AddressFamily::ipv6;
    address.ip = *ipv6;
    return address;
  }
  if (!std::ranges::all_of(text, is_name_text)) return std::nullopt;
  const auto found = parser::resolve_name(std::string(text), parser::NameFamily::any);
  if (found.empty()) return std::nullopt;
  if (found.front().family == parser::NameFamily::ipv6) address.family = parser::AddressFamily::ipv6;
  address.ip = found.front().bytes;
  return address;
}

// What HAProxy takes of it, and what it says of the rest [seen].
void take_system_servers(const std::string& bytes, parser::Span span, ResolversSection& section,
                         const Tell& tell) {
  std::istringstream lines(bytes);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    const auto text = behind_keyword(line);
    if (!text) continue;
    if (text->empty()) {
      tell(codes::missing_argument, fmt::format("{}:{}: 'nameserver' has no address", system_file, number));
      continue;
    }
    const auto address = system_address(*text);
    if (!address) {
      tell(codes::bad_address,
           fmt::format("{}:{}: '{}' is no address, the name server is left out", system_file, number, *text));
      continue;
    }
    if (has_server(section, *text)) {
      tell(codes::duplicate_name,
           fmt::format("{}:{}: there is a name server '{}' already, this one is left out", system_file,
                       number, *text));
      continue;
    }
    section.servers.push_back({.made = {.name = std::string(*text)}, .address = *address, .span = span});
  }
}

// ---- the section that no file has

constexpr std::string_view default_section = "default";

bool is_used(const config::Config& config) {
  const auto asks = [](const config::Server& server) {
    return server.parameters.resolvers && server.parameters.resolvers->value == default_section;
  };
  for (const config::Proxy& proxy : config.proxies)
    if (std::ranges::any_of(proxy.servers, asks)) return true;
  return std::ranges::any_of(config.uses, [](const config::Use& use) {
    return use.kind == config::Use::Kind::definition &&
           use.definition == config::Definition::Kind::resolvers && !use.words.empty() &&
           use.words.front() == default_section;
  });
}

}  // namespace

void read_answer_size(Reading& reading) {
  open_section(reading).made.payload =
      static_cast<std::uint16_t>(parser::leading_integer(reading.arguments[0].value));
}

void read_hold(Reading& reading) {
  if (reading.arguments.size() < 2) return;
  const auto named = std::ranges::find(holds, reading.arguments[0].value, &HoldName::name);
  const auto time =
      read_quietly(reading, [&](Reading& quiet) { return read_time(quiet, reading.arguments[1]); });
  if (named != std::end(holds) && time) open_section(reading).made.hold.*named->member = *time;
}

void read_name_server(Reading& reading) {
  if (reading.arguments.size() < 2) return;
  const Word& where = reading.arguments[1];
  const auto address = read_quietly(reading, [&](Reading& quiet) { return read_address(quiet, where); });
  if (!address) return;
  refuse_parameters(reading);
  ResolversSection& section = open_section(reading);
  const Word& name = reading.arguments[0];
  if (has_server(section, name.value)) {
    reading.report(
        codes::duplicate_name, name.span,
        fmt::format("resolvers '{}' already has a name server '{}'", section.made.name, name.value));
    return;
  }
  section.servers.push_back({.made = {.name = std::string(name.value), .stream = is_stream(where)},
                             .address = *address,
                             .span = where.span});
}

void read_system_name_servers(Reading& reading) {
  if (reading.state.assume_files) return;
  const parser::Span span = reading.keyword.span;
  const auto bytes = parser::read_file(system_file);
  if (!bytes) {
    reading.report(codes::missing_file, span, fmt::format("failed to open {}", system_file));
    return;
  }
  take_system_servers(bytes.assume_value(), span, open_section(reading),
                      [&](const parser::Code& code, std::string text) {
                        reading.state.sink.report(parser::Severity::warning, code, span, std::move(text));
                      });
}

void check_name_servers(ReadState& state, const parser::Section& section) {
  if (state.config.resolvers.empty() || !state.config.resolvers.back().servers.empty()) return;
  const auto has = [&](std::string_view keyword) {
    return std::ranges::any_of(section.lines, [&](const auto& line) { return line.keyword() == keyword; });
  };
  const bool unread = state.assume_files || !parser::is_readable(system_file);  // told there
  if (has("nameserver") || (unread && has("parse-resolv-conf"))) return;
  state.sink
      .report(codes::unused_setting, section.head.span,
              fmt::format("resolvers '{}' has no 'nameserver' lines, so nobody is asked",
                          state.config.resolvers.back().made.name))
      .late = true;
}

// Where the file is no other than the system's, nobody hears what is wrong with it [seen].
void add_system_section(ReadState& state) {
  config::Config& config = state.config;
  const auto is_default = [](const ResolversSection& each) { return each.made.name == default_section; };
  if (!is_used(config) || std::ranges::any_of(config.resolvers, is_default)) return;
  ResolversSection section{.made = {.name = std::string(default_section)}};
  if (!state.assume_files) {
    const auto bytes = parser::read_file(system_file);
    if (bytes) take_system_servers(bytes.assume_value(), {}, section, [](const auto&, const auto&) {});
    if (section.servers.empty()) return;
  }
  config.resolvers.push_back(std::move(section));
  config.definitions.push_back(
      {.kind = config::Definition::Kind::resolvers, .name = std::string(default_section)});
}

void read_resolve_retries(Reading& reading) {
  open_section(reading).made.retries = static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(parser::leading_integer(reading.arguments[0].value), 0, 0x7fffffff));
}

void read_resolvers_timeout(Reading& reading) {
  if (reading.arguments.size() < 2) return;
  Resolvers& made = open_section(reading).made;
  const auto time =
      read_quietly(reading, [&](Reading& quiet) { return read_time(quiet, reading.arguments[1]); });
  // Without any time between two questions there would be nothing but questions.
  constexpr Milliseconds least{1};
  if (time) (reading.arguments[0] == "resolve" ? made.resolve : made.retry) = std::max(*time, least);
}

void lower_do_resolve(Reading& reading) {
  const auto errors = reading.state.sink.count(parser::Severity::error);
  check_do_resolve(reading);
  const auto inner = inner_word(reading);
  if (!inner || reading.state.sink.count(parser::Severity::error) != errors) return;
  std::vector<std::string> parts;
  std::istringstream text{std::string(inner->value)};
  for (std::string part; std::getline(text, part, ',');) parts.push_back(std::move(part));
  reading.rule->action = ActionKind::do_resolve;
  reading.rule->variable = {parts[0], inner->span};
  reading.rule->format_text = parts[1];
  if (parts.size() > 2 && !parts[2].empty()) reading.rule->number = parts[2] == "ipv4" ? 4 : 6;
  reading.rule->expression = parse_expression_words(reading.arguments, reading.state.sink);
}

}  // namespace shunt::graph
