// What rules name inside their own proxy: slots of captures, SPOE engines, filters.
#include <fmt/core.h>

#include <algorithm>

#include "graph/link/linking.hpp"

namespace shunt::graph {
namespace {

void check_captures(Linking& linking, const config::Proxy& proxy) {
  if (!proxy.is_frontend()) return;
  const config::CheckedRules& checked = proxy.checked;
  for (const auto& capture : checked.captures) {
    const auto& slots = capture.response ? checked.response_captures : checked.request_captures;
    if (capture.id < slots.size()) continue;
    linking.report(codes::undefined_name, capture.span,
                   fmt::format("{} has no capture with the id {}", describe(proxy), capture.id));
  }
}

void check_groups(Linking& linking, const config::Proxy& proxy) {
  const config::CheckedRules& checked = proxy.checked;
  for (const config::Text& group : checked.groups) {
    if (std::ranges::find(checked.engines, group.value) != checked.engines.end()) continue;
    linking.report(codes::undefined_name, group.span,
                   fmt::format("{} has no filter for '{}'", describe(proxy), group.value));
  }
}

void check_sequences(Linking& linking, const config::Proxy& proxy) {
  const auto& declared = proxy.checked.declared;
  for (const config::Text& sequence : proxy.checked.sequences) {
    std::string_view names = sequence.value;
    while (!names.empty()) {
      const std::string_view name = names.substr(0, names.find(','));
      names.remove_prefix(std::min(name.size() + 1, names.size()));
      if (std::ranges::find(declared, name) != declared.end()) continue;
      linking.report(codes::undefined_name, sequence.span,
                     fmt::format("'filter-sequence' names the filter '{}', which {} doesn't have", name,
                                 describe(proxy)));
    }
  }
}

// Filters stand by themselves where nothing else is declared; beside others they must be declared, too, and
// compression behind the cache.
void check_implied_filters(Linking& linking, const config::Proxy& proxy) {
  const auto& declared = proxy.checked.declared;
  const auto position = [&](std::string_view name) {
    return std::ranges::find(declared, name) - declared.begin();
  };
  const auto end = static_cast<std::ptrdiff_t>(declared.size());
  const auto compression = std::min({position("compression"), position("comp-res"), position("comp-req")});
  const auto& setting = proxy.settings.compression;
  if (setting && compression == end && !declared.empty())
    linking.report(
        codes::incompatible, setting->span,
        fmt::format("beside the other filters of {} 'compression' needs a line 'filter compression'",
                    describe(proxy)));
  for (const config::Text& cache : proxy.checked.caches) {
    const auto at = position(cache.value);
    if (at == end && compression != end)
      linking.report(codes::incompatible, cache.span,
                     fmt::format("{} must declare 'filter cache {}' before 'filter compression'",
                                 describe(proxy), cache.value));
    else if (at == end && !declared.empty())
      linking.report(codes::incompatible, cache.span,
                     fmt::format("beside the other filters of {} this needs a line 'filter cache {}'",
                                 describe(proxy), cache.value));
    else if (compression < at)
      linking.report(codes::incompatible, cache.span,
                     fmt::format("'filter cache {}' must stand before 'filter compression'", cache.value));
    else
      continue;
    break;
  }
}

// An agent is spoken to in a protocol of its own.
void check_agents(Linking& linking, const config::Proxy& proxy) {
  for (const config::Text& agent : proxy.checked.agents) {
    const auto found = linking.backends.find(agent.value);
    if (found == linking.backends.end())
      linking.report(codes::undefined_backend, agent.span,
                     fmt::format("the agent of this filter uses the backend '{}', which is nowhere defined",
                                 agent.value));
    else if (linking.out[found->second].mode == Mode::http)
      linking.report(
          codes::mode_conflict, agent.span,
          fmt::format("the agent of this filter uses the backend '{}', which is in HTTP mode", agent.value));
  }
}

}  // namespace

void check_rules(Linking& linking) {
  for (const config::Proxy* proxy : linking.proxies) {
    check_captures(linking, *proxy);
    check_groups(linking, *proxy);
    check_sequences(linking, *proxy);
    check_implied_filters(linking, *proxy);
    check_agents(linking, *proxy);
  }
}

}  // namespace shunt::graph
