// Bind lines to listeners: addresses and port ranges one by one, numbers.
#include <fmt/core.h>

#include <algorithm>

#include <set>

#include "graph/link/linking.hpp"
#include "graph/link/tls_listeners.hpp"
#include "graph/tls_renewal.hpp"

namespace shunt::graph {
namespace {

using config::Bind;

Listener listener_of(const Bind& bind, const std::optional<TlsBind>& tls) {
  const config::BindParameters& own = bind.parameters;
  Listener listener;
  listener.name = value_or(own.name, std::string());
  listener.tls = tls;
  listener.accept_proxy = value_or(own.accept_proxy, false);
  listener.netscaler_magic = optional_of(own.netscaler_magic);
  listener.defer_accept = value_or(own.defer_accept, false);
  listener.v4v6 = value_or(own.v4v6, false);
  listener.v6only = value_or(own.v6only, false);
  listener.transparent = value_or(own.transparent, false);
  listener.interface = value_or(own.interface, std::string());
  listener.network_namespace = value_or(own.network_namespace, std::string());
  listener.backlog = value_or(own.backlog, 0u);
  listener.maxconn = value_or(own.maxconn, 0u);
  listener.mss = value_or(own.mss, 0);
  listener.tcp_user_timeout = value_or(own.tcp_user_timeout, Milliseconds{0});
  listener.saved_syn = static_cast<std::uint8_t>(value_or(own.saved_syn, 0u));
  listener.fast_open = value_or(own.fast_open, false);
  listener.unix_socket = {
      .mode = optional_of(own.mode), .uid = optional_of(own.uid), .gid = optional_of(own.gid)};
  listener.span = bind.span;
  return listener;
}

// Numbers of one proxy's listeners: `id` where given, otherwise the next free one from 1.
class Numbers {
 public:
  Numbers(Linking& linking, const config::Proxy& proxy) {
    for (const Bind& bind : proxy.binds) {
      if (!bind.parameters.id || taken_.insert(bind.parameters.id->value).second) continue;
      linking.report(codes::duplicate_id, bind.parameters.id->span,
                     fmt::format("id {} is already that of another listener of {}", bind.parameters.id->value,
                                 describe(proxy)));
    }
  }
  std::uint32_t next(const Bind& bind, bool first) {
    if (first && bind.parameters.id) {
      ++next_;  // its turn is over all the same [seen]
      return bind.parameters.id->value;
    }
    while (taken_.contains(next_)) ++next_;
    return next_++;
  }

 private:
  std::set<std::uint32_t> taken_;
  std::uint32_t next_ = 1;
};

// A host name becomes its address; left as a name it would mean every address of the machine. False:
// reported.
bool resolve_name(Linking& linking, Resolver& names, parser::Address& address, parser::Span span) {
  const bool network = address.family == parser::AddressFamily::unspecified ||
                       address.family == parser::AddressFamily::ipv4 ||
                       address.family == parser::AddressFamily::ipv6;
  if (!network || address.host.empty()) return true;
  const auto found = names.resolve(address);
  if (!found) {
    linking.report(codes::unresolved_address, span,
                   fmt::format("'bind': could not resolve address '{}'", address.host));
    return false;
  }
  if (found->family == fetchers::Family::none) return true;  // names are not asked for
  const bool ipv4 = found->family == fetchers::Family::ipv4;
  address.family = ipv4 ? parser::AddressFamily::ipv4 : parser::AddressFamily::ipv6;
  address.ip = found->address;
  address.host.clear();
  return true;
}

void add_listeners(Linking& linking, Resolver& names, Proxy& proxy, const Bind& bind, const Listener& pattern,
                   Numbers& numbers) {
  const auto line = static_cast<std::uint32_t>(linking.tls->lines.size() - 1);
  bool first = true;
  for (auto [address, span] : bind.addresses) {
    if (!resolve_name(linking, names, address, span)) continue;
    for (std::uint32_t port = address.port; port <= std::max(address.port, address.port_end); ++port) {
      Listener& listener = linking.listeners.emplace_back(pattern);
      listener.id = static_cast<ListenerId>(linking.listeners.size() - 1);
      linking.tls->line_of.push_back(line);
      listener.frontend = proxy.id;
      listener.number = numbers.next(bind, first);
      listener.address = address;
      listener.address.port = listener.address.port_end = static_cast<std::uint16_t>(port);
      if (listener.backlog == 0) listener.backlog = proxy.backlog;
      ++proxy.listener_count;
      first = false;
    }
  }
}

}  // namespace

void link_listeners_of(Linking& linking, const config::Proxy& from, Proxy& to, Resolver& names) {
  to.first_listener = static_cast<std::uint32_t>(linking.listeners.size());
  Numbers numbers(linking, from);
  for (const Bind& bind : from.binds) {
    TlsState::Line& line = linking.tls->lines.emplace_back(bind, describe(from));
    std::ranges::copy(from.certificates, std::back_inserter(line.bind.parameters.certificates));
    line.linked = link_tls(linking, line.owner, line.bind);
    add_listeners(linking, names, to, bind, listener_of(bind, line.linked), numbers);
  }
}

void link_listeners(Linking& linking) {
  const config::Global& global = linking.config.global;
  linking.tls = std::make_shared<TlsState>(TlsState{.target = linking.options.target,
                                                    .read_at = std::time(nullptr),
                                                    .defaults = global.tls,
                                                    .ca_base = global.ca_base,
                                                    .crt_base = global.crt_base,
                                                    .bufsize = global.bufsize,
                                                    .maxrewrite = global.maxrewrite,
                                                    .shelves = linking.config.shelves});
  look_for_extra_files(linking);
  check_fetching_delays(linking);
  Resolver names(!linking.options.assume_files);
  for (std::size_t i = 0; i < linking.proxies.size(); ++i)
    link_listeners_of(linking, *linking.proxies[i], linking.out[i], names);
}

}  // namespace shunt::graph
