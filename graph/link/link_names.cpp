// Gives ids to proxies and finds names and ids that are given twice.
#include <fmt/core.h>

#include <algorithm>
#include <unordered_set>

#include "graph/link/linking.hpp"
#include "parser/suggest.hpp"

namespace shunt::graph {
namespace {

using config::ProxyKind;

void report_duplicate(Linking& linking, const config::Proxy& proxy, const config::Proxy& first) {
  auto& found = linking.report(codes::duplicate_name, proxy.name.span,
                               fmt::format("{} has the same name as {}", describe(proxy), describe(first)));
  found.notes.push_back({"first defined here", first.name.span});
  found.last = language_of(linking.options.target) >= 303;
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
  if (proxy.is_backend() && !proxy.nameless) linking.backends.try_emplace(proxy.name.value, id);
  if (proxy.is_frontend()) linking.frontends.try_emplace(proxy.name.value, id);
}

// Where no `id` says otherwise: the next free number. The administration socket is a frontend, too.
class ProxyNumbers {
 public:
  explicit ProxyNumbers(const config::Config& config) : next_(config.global.stats_sockets.empty() ? 1 : 2) {
    for (const config::Proxy& proxy : config.proxies)
      if (proxy.id) taken_.insert(proxy.id->value);
  }

  [[nodiscard]] std::uint32_t of(const config::Proxy& proxy) {
    if (!proxy.id)
      while (taken_.contains(next_)) ++next_;
    return proxy.id ? (++next_, proxy.id->value) : next_++;
  }

 private:
  std::unordered_set<std::uint32_t> taken_;
  std::uint32_t next_;
};

// Names already taken. Up to HAProxy 3.2 a backend could have the name of a frontend, and a frontend that of
// a backend above it; since 3.3 all proxies, named defaults sections too, share one set of names.
class Names {
 public:
  explicit Names(int language) : shared_(language >= 303) {}

  // The section that has the name already; otherwise the name is noted and the result null.
  const config::Proxy* take(const config::Proxy& proxy) {
    const std::string& name = proxy.name.value;
    if (proxy.kind == ProxyKind::defaults) {
      if (shared_ && !name.empty()) fronts_.try_emplace(name, &proxy);
      return nullptr;
    }
    if (shared_) return take(fronts_, proxy);
    if (!proxy.is_frontend()) return take(backs_, proxy);
    const config::Proxy* first = take(fronts_, proxy);
    if (first == nullptr && proxy.is_backend()) backs_.try_emplace(name, &proxy);
    return first;
  }

 private:
  using Map = std::unordered_map<std::string, const config::Proxy*>;
  static const config::Proxy* take(Map& names, const config::Proxy& proxy) {
    const auto [entry, fresh] = names.try_emplace(proxy.name.value, &proxy);
    return fresh ? nullptr : entry->second;
  }

  bool shared_;
  Map fronts_, backs_;
};

}  // namespace

void link_names(Linking& linking) {
  Names names(language_of(linking.options.target));
  std::unordered_map<std::uint32_t, std::pair<const config::Proxy*, parser::Span>> ids;
  ProxyNumbers numbers(linking.config);
  for (const config::Proxy& proxy : linking.config.proxies) {
    if (const config::Proxy* first = names.take(proxy)) report_duplicate(linking, proxy, *first);
    if (proxy.kind == ProxyKind::defaults) continue;
    number_proxy(linking, proxy);
    linking.out.back().number = numbers.of(proxy);
    for (const auto& id : proxy.ids) {
      const auto [number, unused] = ids.try_emplace(id.value, &proxy, id.span);
      const bool second = &id != &proxy.ids.front();
      if (second)
        linking.report(codes::duplicate_id, id.span, fmt::format("{} has an id already", describe(proxy)))
            .notes.push_back({"first given here", proxy.ids.front().span});
      if (unused || second) continue;
      linking
          .report(codes::duplicate_id, id.span,
                  fmt::format("id {} is already that of {}", id.value, describe(*number->second.first)))
          .notes.push_back({"first used here", number->second.second});
    }
  }
}

void suggest_backend(const Linking& linking, parser::Diagnostic& finding, std::string_view wanted) {
  std::vector<std::string_view> names;
  names.reserve(linking.backends.size());
  for (const auto& [name, id] : linking.backends) names.push_back(name);
  std::ranges::sort(names);  // the same answer in every run
  if (const auto near = parser::nearest(wanted, names))
    finding.notes.push_back({fmt::format("did you mean '{}'?", *near)});
}

}  // namespace shunt::graph
