// `server` and `default-server` lines: name, address, then parameters by table.
#include <fmt/format.h>

#include "graph/read/proxy_lines.hpp"
#include "graph/rows/families.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph {
namespace {

using parser::AddressFamily;
using parser::Word;

bool value_of(const config::Maybe<bool>& setting) { return setting && setting->value; }

bool can_connect(Reading& reading, const parser::Address& address, const Word& word) {
  const auto refuse = [&](std::string_view why) {
    reading.report(codes::bad_address, word.span,
                   fmt::format("'server' can't connect to '{}': {}", word.value, why));
    return false;
  };
  if (address.datagram) return refuse("it is a datagram address");
  if (address.family == AddressFamily::inherited) return refuse("it is an inherited descriptor");
  if (address.port != address.port_end) return refuse("it has a port range");
  return true;
}

}  // namespace

void read_server(Reading& reading) {
  const Word& name = reading.arguments[0];
  const Word& where = reading.arguments[1];
  if (!check_name(reading, name)) return;
  config::Server server{.parameters = reading.settings().default_server, .span = reading.span()};
  server.name = {std::string(name.value), name.span};
  auto address = read_address(reading, where);
  Reading inner = reading;
  inner.place = in::server_line;
  inner.server = &server.parameters;
  read_parameters(inner, server_family, reading.arguments.subspan(2));
  if (value_of(server.parameters.check) && server.parameters.track)
    reading.report(codes::incompatible, server.parameters.track->span,
                   "'track' and 'check' exclude each other");
  if (!address || !can_connect(reading, *address, where)) return;
  server.address = {std::move(*address), where.span};
  reading.proxy->servers.push_back(std::move(server));
}

// "5" or "1-5"; HAProxy reads the numbers loosely, but wants at least one server.
static bool names_servers(std::string_view text) {
  const auto dash = text.find('-', 1);
  const auto first = parser::leading_integer(text.substr(0, dash));
  if (dash == std::string_view::npos) return first >= 1;
  const auto last = parser::leading_integer(text.substr(dash + 1));
  return first >= 0 && last >= 1 && first <= last;
}

void check_server_template(Reading& reading) {
  const Word& count = reading.arguments[1];
  const Word& where = reading.arguments[2];
  if (!check_name(reading, reading.arguments[0])) return;
  if (!names_servers(count.value)) {
    reading.report(
        codes::bad_number, count.span,
        fmt::format("'server-template' expects a number of servers such as 5 or 1-5, not '{}'", count.value));
    return;
  }
  config::ServerParameters parameters = reading.settings().default_server;
  const auto address = read_address(reading, where);
  Reading inner = reading;
  inner.place = in::server_line;
  inner.server = &parameters;
  read_parameters(inner, server_family, reading.arguments.subspan(3));
  if (address) (void)can_connect(reading, *address, where);
}

void read_default_server(Reading& reading) {
  Reading inner = reading;
  inner.place = in::default_server_line;
  inner.server = &reading.settings().default_server;
  read_parameters(inner, server_family, reading.arguments);
}

}  // namespace shunt::graph
