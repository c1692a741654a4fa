// Reads the lines of `ring` sections.
#include "graph/read/ring_lines.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "graph/names.hpp"
#include "graph/read/quiet_reading.hpp"
#include "graph/rows/families.hpp"
#include "parser/scalar.hpp"

namespace shunt::graph {
namespace {

constexpr int since_units = 209;  // sizes with a unit

config::RingSection& open_ring(Reading& reading) { return reading.state.config.rings.back(); }

// What servers of proxies can do and those of rings can't yet.
void refuse_parameters(Reading& reading, const config::ServerParameters& given) {
  const auto refuse = [&](const auto& setting, std::string_view name) {
    if (!setting) return;
    reading.report(
        codes::unsupported, setting->span,
        fmt::format("'{}' of a server of a ring is valid HAProxy that this build can't execute", name));
  };
  if (given.ssl && given.ssl->value) refuse(given.ssl, "ssl");
  refuse(given.header, "send-proxy");
  refuse(given.source, "source");
  refuse(given.socks4, "socks4");
  refuse(given.network_namespace, "namespace");
}

const parser::Line* last_line(const parser::Section& section, std::string_view keyword) {
  const auto found = std::find_if(section.lines.rbegin(), section.lines.rend(),
                                  [&](const parser::Line& line) { return line.keyword() == keyword; });
  return found == section.lines.rend() ? nullptr : &*found;
}

}  // namespace

void read_ring_format(Reading& reading) {
  if (const auto format = read_name<LogWireFormat>(reading, reading.arguments[0], names::log_formats))
    open_ring(reading).made.format = *format;
}

void read_ring_length(Reading& reading) {
  if (const auto length = read_number(reading, reading.arguments[0], 1, 0x7fffffff))
    open_ring(reading).made.length = *length;
}

// 2.6 refuses to make a ring smaller than it is.
void read_ring_size(Reading& reading) {
  const parser::Word& word = reading.arguments[0];
  Ring& ring = open_ring(reading).made;
  std::optional<std::uint32_t> size;
  if (reading.state.language() >= since_units)
    size = read_size(reading, word);
  else
    size = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(parser::leading_integer(word.value), 0, 0x7fffffff));
  if (!size) return;
  if (reading.state.language() < since_units && *size < ring.size) {
    reading.report(codes::bad_number, word.span,
                   fmt::format("the size {} is smaller than that of the ring, {}", *size, ring.size));
    return;
  }
  ring.size = *size;
}

void read_ring_timeout(Reading& reading) {
  if (reading.arguments.size() < 2) return;
  const parser::Word& name = reading.arguments[0];
  Ring& ring = open_ring(reading).made;
  if (name != "connect" && name != "server") return;
  if (const auto time = read_time(reading, reading.arguments[1]))
    (name == "connect" ? ring.connect : ring.send) = *time;
}

void read_ring_server(Reading& reading) {
  config::ServerParameters given;
  Reading inner = reading;
  inner.server = &given;
  inner.place = in::server_line;
  read_parameters(inner, server_family, reading.arguments.subspan(2));
  refuse_parameters(reading, given);
  const auto address =
      read_quietly(reading, [&](Reading& quiet) { return read_address(quiet, reading.arguments[1]); });
  if (!address) return;
  open_ring(reading).servers.push_back(
      {.address = *address,
       .made = {.name = std::string(reading.arguments[0].value),
                .counts_octets = given.counts_octets && given.counts_octets->value},
       .span = reading.arguments[1].span});
}

void check_ring(ReadState& state, const parser::Section& section) {
  if (state.config.rings.empty()) return;
  config::RingSection& ring = state.config.rings.back();
  if (const parser::Line* line = last_line(section, "maxlen");
      line != nullptr && ring.made.length > ring.made.size) {
    state.sink.report(codes::overridden, line->span,
                      fmt::format("'maxlen' is cut to {}, the size of the ring", ring.made.size));
  }
  ring.made.length = std::min(ring.made.length, ring.made.size);
  const bool timed = ring.made.connect && ring.made.send;
  if (!ring.servers.empty() && !timed && language_of(state.target) < since_units)
    state.sink.report(codes::missing_timeouts, section.head.span,
                      fmt::format("ring '{}' needs the timeouts 'connect' and 'server'", ring.made.name));
}

}  // namespace shunt::graph
