// Peers sections.
#include "graph/link/link_peers.hpp"

#include <fmt/core.h>

#include "graph/base_directory.hpp"

namespace shunt::graph {
namespace {

using config::PeersSection;

// The first of its listeners, where it doesn't say so itself.
config::Server own_server(const PeersSection& section) {
  config::Server own = *section.own;
  if (!own.address.span.known() && !section.bind.addresses.empty())
    own.address = section.bind.addresses.front();
  return own;
}

bool has_place(const parser::Address& address) {
  return address.port != 0 || address.family == parser::AddressFamily::unix_path ||
         address.family == parser::AddressFamily::abstract_socket;
}

// Connections of peers are not announced by others, nor do they announce anybody.
void refuse_headers(Linking& linking, const PeersSection& from) {
  const auto refuse = [&](parser::Span span, std::string_view what) {
    linking.report(
        codes::unsupported, span,
        fmt::format("'{}' is valid HAProxy that this build can't execute in a 'peers' section", what));
  };
  const auto& bind = from.bind.parameters;
  if (bind.accept_proxy && bind.accept_proxy->value) refuse(bind.accept_proxy->span, "accept-proxy");
  if (bind.netscaler_magic) refuse(bind.netscaler_magic->span, "accept-netscaler-cip");
  for (const config::Server& server : from.proxy.servers) {
    if (value_or(server.parameters.header, std::uint16_t{0}) != 0)
      refuse(server.parameters.header->span, "send-proxy");
    if (server.parameters.socks4) refuse(server.parameters.socks4->span, "socks4");
  }
}

Peers link_section(Linking& linking, const PeersSection& from, Resolver& names) {
  Peers made;
  made.name = from.name.value;
  made.local = from.own->name.value;
  Proxy& proxy = linking.out.emplace_back();
  proxy.id = static_cast<ProxyId>(linking.out.size() - 1);
  proxy.name = made.local;  // as messages call it
  proxy.is_peers = true;
  proxy.span = from.proxy.span;
  made.proxy = proxy.id;
  config::Proxy lines = from.proxy;
  lines.name.value = made.local;
  if (!from.bind.addresses.empty()) lines.binds.push_back(from.bind);
  link_listeners_of(linking, lines, proxy, names);
  proxy.first_server = static_cast<std::uint32_t>(linking.servers.size());
  for (const config::Server& server : lines.servers)
    if (has_place(server.address.value))
      made.others.push_back(
          {.name = server.name.value, .server = link_peer(linking, lines, server, proxy.id)});
  if (const config::Server own = own_server(from); has_place(own.address.value))
    made.own = link_peer(linking, lines, own, proxy.id);
  proxy.server_count = static_cast<std::uint32_t>(linking.servers.size()) - proxy.first_server;
  refuse_headers(linking, from);
  return made;
}

bool takes_part(Linking& linking, const PeersSection& section) {
  if (section.disabled) return false;
  if (section.own) return true;
  linking.report(codes::unused_setting, section.name.span,
                 fmt::format("Removing incomplete section 'peers {}' (no peer named '{}').",
                             section.name.value, section.local));
  return false;
}

// What a section that is removed names must be there all the same.
void check_removed(Linking& linking, const PeersSection& section) {
  for (const config::LogLine& line : section.proxy.settings.logs)
    if (!line.global) static_cast<void>(link_log(linking, line));
  if (linking.options.assume_files) return;
  for (const config::BindCertificate& file : section.bind.parameters.certificates)
    if (const auto fault = linking.certificates.check(below(linking.config.global.crt_base, file.name.value)))
      linking.report(codes::bad_certificate, file.name.span, fault->message);
}

// The section's own tables come first.
void share_tables(Linking& linking, Peers& peers) {
  for (const bool own : {true, false})
    for (const StickTable& table : linking.tables)
      if (table.peers == peers.name && (table.name.find('/') != std::string::npos) == own)
        peers.tables.push_back(table.id);
}

}  // namespace

std::vector<Peers> link_peers(Linking& linking) {
  std::vector<Peers> made;
  Resolver names(!linking.options.assume_files);
  for (const PeersSection& section : linking.config.peers) {
    if (takes_part(linking, section)) {
      share_tables(linking, made.emplace_back(link_section(linking, section, names)));
      continue;
    }
    for (StickTable& table : linking.tables)
      if (table.peers == section.name.value) table.peers.clear();
    check_removed(linking, section);
  }
  return made;
}

}  // namespace shunt::graph
