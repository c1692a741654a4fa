// Gives ids to proxies and finds names and ids that are given twice.
#include <fmt/format.h>

#include "graph/link/linking.hpp"

namespace shunt::graph {
namespace {

using config::ProxyKind;

void report_duplicate(Linking& linking, const config::Proxy& proxy, const config::Proxy& first) {
  linking
      .report(codes::duplicate_name, proxy.name.span,
              fmt::format("{} has the same name as {}", describe(proxy), describe(first)))
      .notes.push_back({"first defined here", first.name.span});
}

void number_proxy(Linking& linking, const config::Proxy& proxy) {
  const auto id = static_cast<ProxyId>(linking.proxies.size());
  linking.proxies.push_back(&proxy);
  Proxy& out = linking.out.emplace_back();
  out.id = id;
  out.name = proxy.name.value;
  out.is_frontend = proxy.is_frontend();
  out.is_backend = proxy.is_backend();
  out.span = proxy.span;
  if (proxy.is_backend()) linking.backends.try_emplace(proxy.name.value, id);
  if (proxy.is_frontend()) linking.frontends.try_emplace(proxy.name.value, id);
}

}  // namespace

void link_names(Linking& linking) {
  std::unordered_map<std::string, const config::Proxy*> names;
  std::unordered_map<std::uint32_t, const config::Proxy*> ids;
  for (const config::Proxy& proxy : linking.config.proxies) {
    if (proxy.kind == ProxyKind::defaults) {
      // Named defaults share the names of proxies since HAProxy 3.3; two of one name are a fault only for
      // `from`.
      if (!proxy.name.value.empty()) names.try_emplace(proxy.name.value, &proxy);
      continue;
    }
    number_proxy(linking, proxy);
    // One name for a frontend and a backend was possible up to HAProxy 3.2.
    const auto [entry, fresh] = names.try_emplace(proxy.name.value, &proxy);
    if (!fresh) report_duplicate(linking, proxy, *entry->second);
    if (!proxy.id) continue;
    const auto [number, unused] = ids.try_emplace(proxy.id->value, &proxy);
    if (unused) continue;
    linking
        .report(codes::duplicate_id, proxy.id->span,
                fmt::format("id {} is already that of {}", proxy.id->value, describe(*number->second)))
        .notes.push_back({"first used here", number->second->id->span});
  }
}

}  // namespace shunt::graph
