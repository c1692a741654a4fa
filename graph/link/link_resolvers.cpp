// Name servers with their addresses, and what servers want of them.
#include "graph/link/link_resolvers.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "graph/dns_name.hpp"

namespace shunt::graph {
namespace {

constexpr std::uint16_t dns_port = 53;

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

NameServer link_name_server(Linking& linking, const config::ResolversSection::Server& from) {
  NameServer server = from.made;
  if (const auto endpoint = linking.resolver.resolve(from.address)) server.address = *endpoint;
  if (server.address.port == 0) server.address.port = dns_port;
  return server;
}

// The last one that speaks of a matter decides it.
void apply_options(std::string_view options, NamedServer& named) {
  for (const std::string_view option : parts_of(options)) {
    if (option == "allow-dup-ip") named.shares_address = true;
    if (option == "prevent-dup-ip") named.shares_address = false;
    if (option == "ignore-weight") named.keeps_weight = true;
  }
}

bool is_host_name(const parser::Address& address) {
  return !address.host.empty() && address.family != parser::AddressFamily::unix_path &&
         address.family != parser::AddressFamily::abstract_socket;
}

}  // namespace

std::vector<Resolvers> link_resolvers(Linking& linking) {
  std::vector<Resolvers> made;
  for (const config::ResolversSection& from : linking.config.resolvers) {
    Resolvers& section = made.emplace_back(from.made);
    for (const auto& server : from.servers) section.servers.push_back(link_name_server(linking, server));
  }
  return made;
}

std::uint32_t resolvers_named(const Linking& linking, std::string_view name) {
  const auto& all = linking.config.resolvers;
  const auto found = std::ranges::find_if(all, [&](const auto& each) { return each.made.name == name; });
  return found == all.end() ? none : static_cast<std::uint32_t>(found - all.begin());
}

void link_server_name(Linking& linking, const config::Server& from, Server& server, const std::string& host) {
  const auto& wanted = from.parameters.resolvers;
  if (!wanted || !is_host_name(from.address.value)) return;
  const std::uint32_t section = resolvers_named(linking, wanted->value);
  if (section == none) return;  // told by check_servers
  NamedServer named{.resolvers = section,
                    .name = canonical_name(host.empty() ? from.address.value.host : host)};
  named.service = named.name.starts_with('_');
  const auto text_of = [](const config::Maybe<std::string>& setting) {
    return setting ? std::string_view(setting->value) : std::string_view();
  };
  if (text_of(from.parameters.resolve_prefer) == "ipv4") named.preferred = fetchers::Family::ipv4;
  if (from.address.value.family == parser::AddressFamily::ipv4) named.preferred = fetchers::Family::ipv4;
  apply_options(text_of(from.parameters.resolve_options), named);
  for (const std::string_view text : parts_of(text_of(from.parameters.resolve_networks)))
    if (const auto network = acl::parse_network(text, false)) named.near.push_back(*network);
  named.without_address = server.endpoint.family == fetchers::Family::none;
  const parser::Address& line = from.address.value;
  if (named.without_address && line.port_kind == parser::PortKind::absolute) server.endpoint.port = line.port;
  if (server.hash_key == HashKey::addr || server.hash_key == HashKey::addr_port)
    linking.report(
        codes::unsupported, wanted->span,
        "'hash-key' by an address that follows a name is valid HAProxy that this build can't execute");
  // A server without an address waits for one; only its line can order it away.
  server.disabled = value_or(from.parameters.disabled, false);
  if (server.saved && named.without_address) server.saved->maintenance = server.disabled;
  linking.names.resize(server.id + 1);
  linking.names.back() = std::move(named);
}

}  // namespace shunt::graph
