// Peers sections: where this process listens, and where the others are.
#include "graph/read/peer_lines.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "graph/read/proxy_lines.hpp"
#include "graph/read/quiet_reading.hpp"
#include "graph/rows/families.hpp"

namespace shunt::graph {
namespace {

using config::PeersSection;
using parser::Word;

PeersSection& open_section(Reading& reading) { return reading.state.config.peers.back(); }

// The section's lines are those of a proxy that serves nobody else.
Reading as_proxy(Reading& reading, std::uint32_t place) {
  Reading inner = reading;
  inner.proxy = &open_section(reading).proxy;
  inner.place = place;
  return inner;
}

void refuse_mixture(Reading& reading, parser::Span other) {
  reading
      .report(codes::incompatible, reading.line->span,
              "'peer' with an address and 'bind' exclude each other in a 'peers' section")
      .notes.push_back({"the other one", other});
}

std::optional<parser::Address> address_of(Reading& reading, const Word& word) {
  return read_quietly(reading, [&](Reading& quiet) { return read_address(quiet, word); });
}

void listen_at(PeersSection& section, parser::Address address, parser::Span span) {
  section.bind.addresses.push_back({std::move(address), span});
}

// What a peer has no use for is said once for a line.
void warn_of_checks(Reading& reading, const config::ServerParameters& parameters) {
  const auto on = [](const config::Maybe<bool>& setting) { return setting && setting->value; };
  if (!on(parameters.check) && !on(parameters.agent_check) && !parameters.resolvers &&
      !parameters.init_addr && !parameters.resolve_prefer && !parameters.resolve_options &&
      !parameters.resolve_networks)
    return;
  reading.report(codes::unused_setting, reading.line->span,
                 fmt::format("{} '{}': addresses of peers are not looked up again, and peers are not checked",
                             reading.quoted(), reading.arguments[0].value));
}

// Parameters of a line about a process; `words` stand behind its address, if it has one.
config::Server read_parameters_of(Reading& reading, std::span<const Word> words) {
  const Word& name = reading.arguments[0];
  Reading inner = as_proxy(reading, in::server_line);
  config::Server server{.name = {std::string(name.value), name.span},
                        .parameters = inner.settings().default_server,
                        .span = reading.span()};
  inner.server = &server.parameters;
  read_parameters(inner, server_family, words);
  warn_of_checks(reading, server.parameters);
  return server;
}

bool is_new_local(Reading& reading, PeersSection& section) {
  const Word& name = reading.arguments[0];
  if (!section.own) return true;
  reading
      .report(codes::duplicate_name, name.span,
              fmt::format("this process, '{}', already has a line in this section", name.value))
      .notes.push_back({"first defined here", section.own->name.span});
  return false;
}

void read_local(Reading& reading, PeersSection& section) {
  if (!is_new_local(reading, section)) return;
  const auto words = reading.arguments;
  const bool has_address = reading.keyword == "peer" && words.size() > 1;
  section.own = read_parameters_of(reading, words.subspan(has_address ? 2 : 1));
  if (!has_address) return;
  if (auto address = address_of(reading, words[1])) {
    section.own->address = {*address, words[1].span};
    listen_at(section, std::move(*address), words[1].span);
  }
  section.bind.span = reading.span();
}

}  // namespace

void open_peers(Reading& reading) {
  PeersSection& section = reading.state.config.peers.emplace_back();
  if (!reading.arguments.empty())
    section.name = {std::string(reading.arguments[0].value), reading.arguments[0].span};
  section.local = reading.state.environment->local_peer();
  section.proxy.kind = config::ProxyKind::listen;
  section.proxy.name = section.name;
  section.proxy.span = section.bind.span = reading.line->span;
}

// Who has no address and isn't this process can't be reached, which HAProxy takes without a word.
void read_peer(Reading& reading) {
  if (reading.arguments.empty()) return;
  PeersSection& section = open_section(reading);
  const bool addressed = reading.keyword == "peer" && reading.arguments.size() > 1;
  if (addressed && section.bind_line.known()) return refuse_mixture(reading, section.bind_line);
  if (addressed && !section.peer_line.known()) section.peer_line = reading.line->span;
  if (reading.arguments[0] == section.local) return read_local(reading, section);
  if (reading.arguments.size() < 2) return;
  config::Server server = read_parameters_of(reading, reading.arguments.subspan(2));
  auto address = address_of(reading, reading.arguments[1]);
  if (!address) return;
  server.address = {std::move(*address), reading.arguments[1].span};
  section.proxy.servers.push_back(std::move(server));
}

void read_peers_bind(Reading& reading) {
  PeersSection& section = open_section(reading);
  if (section.peer_line.known()) return refuse_mixture(reading, section.peer_line);
  if (reading.arguments.empty()) return;
  if (section.bind_line.known()) {
    reading
        .report(codes::incompatible, reading.line->span,
                "a 'peers' section has one 'bind' line; it may name several addresses")
        .notes.push_back({"first defined here", section.bind_line});
    return;
  }
  section.bind_line = reading.line->span;
  Reading inner = as_proxy(reading, in::listen);
  inner.bind = &section.bind;
  read_bind_line(inner);
  section.bind.span = reading.span();
}

void read_peers_default_bind(Reading& reading) {
  Reading inner = as_proxy(reading, in::listen);
  inner.bind = &open_section(reading).bind;
  read_parameters(inner, bind_family, reading.arguments);
}

void read_peers_default_server(Reading& reading) {
  Reading inner = as_proxy(reading, in::listen);
  read_default_server(inner);
}

void read_peers_log(Reading& reading) {
  Reading inner = as_proxy(reading, in::listen);
  read_log(inner);
}

void read_peers_switch(Reading& reading) { open_section(reading).disabled = reading.keyword == "disabled"; }

}  // namespace shunt::graph
