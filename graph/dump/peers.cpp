// Peers sections, with `peer` or with `bind` and `server` lines as they have them.
#include <fmt/core.h>

#include "graph/dump/lines.hpp"
#include "graph/dump/writer.hpp"

namespace shunt::graph::config {
namespace {

void write_process(std::string& text, std::string_view keyword, const Server& process) {
  Writer to(text, {});
  to.raw(fmt::format("    {} {}", keyword, quoted(process.name.value)));
  if (process.address.span.known()) to.raw(' ' + written(process.address.value));
  write_server_settings(to, process.parameters);
  to.raw("\n");
}

void write_tables(std::string& text, const Config& config, const std::string& section) {
  for (const StickTableLine& line : config.tables) {
    const std::string& name = line.made.name;
    const std::size_t slash = name.find('/');
    if (slash == std::string::npos || name.substr(0, slash) != section) continue;
    StickTableLine own = line;
    own.made.peers.clear();  // goes without saying
    text += fmt::format("    table {} {}\n", quoted(name.substr(slash + 1)), table_parameters(own));
  }
}

}  // namespace

void write_peers(std::string& text, const Config& config) {
  for (const PeersSection& section : config.peers) {
    text += fmt::format("peers {}\n", quoted(section.name.value));
    if (section.disabled) text += "    disabled\n";
    Bind whole = section.bind;
    whole.span = {};  // what `default-bind` says, too
    const bool old_way = section.peer_line.known();
    if (!whole.addresses.empty() && !old_way) write_bind(text, whole);
    const std::string_view keyword = old_way ? "peer" : "server";
    if (section.own) write_process(text, keyword, *section.own);
    for (const Server& server : section.proxy.servers) write_process(text, keyword, server);
    write_tables(text, config, section.name.value);
  }
}

}  // namespace shunt::graph::config
