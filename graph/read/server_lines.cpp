// `server` and `default-server` lines: name, address, then parameters by table.
#include <fmt/core.h>

#include <charconv>
#include <optional>
#include <utility>

#include "graph/read/proxy_lines.hpp"
#include "graph/rows/families.hpp"

namespace shunt::graph {
namespace {

using parser::AddressFamily;
using parser::Word;

constexpr std::uint32_t max_template = 100000;  // more are a slip of the pen

bool value_of(const config::Maybe<bool>& setting) { return setting && setting->value; }

bool can_connect(Reading& reading, const parser::Address& address, const Word& word) {
  const auto refuse = [&](std::string_view why) {
    reading.report(codes::bad_address, word.span,
                   fmt::format("'server' can't connect to '{}': {}", word.value, why));
    return false;
  };
  if (address.datagram && reading.settings().other_mode) return true;  // `mode log`
  if (address.datagram) return refuse("it is a datagram address");
  if (address.family == AddressFamily::inherited) return refuse("it is an inherited descriptor");
  if (address.port != address.port_end) return refuse("it has a port range");
  return true;
}

// `from be:BACKEND`, `from srv:BACKEND/SERVER`, `from none`: where the line's defaults come from. `name NAME`
// names those of a default-server line. Returns what stands behind them.
std::span<const Word> behind_template(Reading& reading, std::span<const Word> words) {
  constexpr int since = 305;
  while (reading.state.language() >= since && words.size() > 1) {
    const bool names = words[0] == "name" && reading.keyword == "default-server";
    if (words[0] != "from" && !names) break;
    const std::string_view source = words[1].value;
    if (!names && source != "none" && !source.starts_with("be:") && !source.starts_with("srv:"))
      reading.report(
          codes::bad_argument, words[1].span,
          fmt::format("'from' expects 'none', 'be:BACKEND' or 'srv:BACKEND/SERVER', not '{}'", source));
    words = words.subspan(2);
  }
  return words;
}

// The address and the parameters of a line; nothing if it can't be a server.
std::optional<config::Server> read_unnamed(Reading& reading, const Word& where,
                                           std::span<const Word> parameters) {
  config::Server server{.parameters = reading.settings().default_server, .span = reading.span()};
  auto address = read_address(reading, where);
  Reading inner = reading;
  inner.place = in::server_line;
  inner.server = &server.parameters;
  read_parameters(inner, server_family, behind_template(reading, parameters));
  if (value_of(server.parameters.check) && server.parameters.track)
    reading.report(codes::incompatible, server.parameters.track->span,
                   "'track' and 'check' exclude each other");
  if (!address || !can_connect(reading, *address, where)) return std::nullopt;
  server.address = {std::move(*address), where.span};
  return server;
}

struct Range {
  std::uint32_t first = 1, last = 0;
};

// "3" is 1 to 3, "2-5" itself. What follows the digits is not looked at, as HAProxy doesn't.
std::optional<Range> template_range(std::string_view text) {
  Range range;
  const auto number = [](std::string_view digits, std::uint32_t& value) {
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return digits.substr(static_cast<std::size_t>(end - digits.data()));
  };
  const std::string_view rest = number(text, range.last);
  const bool is_range = rest.starts_with('-') && rest.size() != text.size();
  if (is_range) {
    range.first = std::exchange(range.last, 0);
    number(rest.substr(1), range.last);
  }
  if (range.last < 1 || range.last < range.first || range.last - range.first > max_template)
    return std::nullopt;
  return range;
}

}  // namespace

void read_server(Reading& reading) {
  const Word& name = reading.arguments[0];
  if (!check_name(reading, name)) return;
  auto server = read_unnamed(reading, reading.arguments[1], reading.arguments.subspan(2));
  if (!server) return;
  server->name = {std::string(name.value), name.span};
  reading.proxy->servers.push_back(std::move(*server));
}

// One server for each number of the range, alike but for its name. An id goes to the first of them.
void read_server_template(Reading& reading) {
  const Word& prefix = reading.arguments[0];
  if (!check_name(reading, prefix)) return;
  if (prefix.value.find(':') != std::string_view::npos) {
    reading.report(codes::bad_name, prefix.span,
                   fmt::format("character ':' is not permitted in the prefix '{}'", prefix.value));
    return;
  }
  const auto range = template_range(reading.arguments[1].value);
  if (!range) {
    reading.report(
        codes::bad_number, reading.arguments[1].span,
        fmt::format("'server-template' expects a number of servers or a range such as 1-5, not '{}'",
                    reading.arguments[1].value));
    return;
  }
  auto server = read_unnamed(reading, reading.arguments[2], reading.arguments.subspan(3));
  if (!server) return;
  for (std::uint32_t number = range->first; number <= range->last; ++number) {
    server->name = {fmt::format("{}{}", prefix.value, number), prefix.span};
    reading.proxy->servers.push_back(*server);
    server->parameters.id.reset();
  }
}

void read_default_server(Reading& reading) {
  Reading inner = reading;
  inner.place = in::default_server_line;
  inner.server = &reading.settings().default_server;
  read_parameters(inner, server_family, behind_template(reading, reading.arguments));
}

}  // namespace shunt::graph
