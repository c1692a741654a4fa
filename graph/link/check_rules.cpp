// What rules name inside their own proxy: slots of captures, SPOE engines, filters.
#include <fmt/format.h>

#include <algorithm>

#include "graph/link/linking.hpp"

namespace shunt::graph {
namespace {

void check_captures(Linking& linking, const config::Proxy& proxy) {
  if (!proxy.is_frontend()) return;
  const config::CheckedRules& checked = proxy.checked;
  for (const auto& capture : checked.captures) {
    const std::uint32_t slots = capture.response ? checked.response_captures : checked.request_captures;
    if (capture.id < slots) continue;
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

}  // namespace

void check_rules(Linking& linking) {
  for (const config::Proxy* proxy : linking.proxies) {
    check_captures(linking, *proxy);
    check_groups(linking, *proxy);
    check_sequences(linking, *proxy);
  }
}

}  // namespace shunt::graph
