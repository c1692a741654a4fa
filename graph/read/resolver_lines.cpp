// Reads the lines of `resolvers` sections.
#include "graph/read/resolver_lines.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <sstream>

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

// A name server over a stream is a server with parameters, none of which is needed for plain questions.
void refuse_parameters(Reading& reading) {
  if (reading.arguments.size() < 3) return;
  reading.report(codes::unsupported, reading.arguments[2].span,
                 "parameters of a name server are valid HAProxy that this build can't execute");
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
  section.servers.push_back(
      {.name = std::string(reading.arguments[0].value), .address = *address, .span = where.span});
  section.made.servers.push_back(
      {.name = std::string(reading.arguments[0].value), .stream = is_stream(where)});
}

// Lines like "nameserver 192.0.2.1" are taken, what else stands there is not.
void read_system_name_servers(Reading& reading) {
  if (reading.state.assume_files) return;
  const auto bytes = parser::read_file(system_file);
  if (!bytes) return;
  std::istringstream lines(bytes.assume_value());
  ResolversSection& section = open_section(reading);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string keyword, text;
    if (!(words >> keyword >> text) || keyword != "nameserver") continue;
    const auto ipv4 = parser::parse_ipv4(text);
    const auto ipv6 = parser::parse_ipv6(text);
    if (!ipv4 && !ipv6) continue;
    parser::Address address{.host = {}, .port = dns_port};
    address.family = ipv4 ? parser::AddressFamily::ipv4 : parser::AddressFamily::ipv6;
    address.port_kind = parser::PortKind::absolute;
    if (ipv4) std::ranges::copy(*ipv4, address.ip.begin());
    if (ipv6) address.ip = *ipv6;
    section.servers.push_back({.name = text, .address = address, .span = reading.keyword.span});
    section.made.servers.push_back({.name = text});
  }
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
