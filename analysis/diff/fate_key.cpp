// Names what a fate consists of.
#include "analysis/diff/fate_key.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "graph/pki/certificate_store.hpp"

namespace shunt::analysis {

std::uint32_t FateNames::number(const std::string& name) {
  return numbers_.try_emplace(name, static_cast<std::uint32_t>(numbers_.size())).first->second;
}

FateKeys::FateKeys(const graph::Graph& graph, FateNames& names)
    : graph_(graph), names_(names), servers_(graph.servers.size()), backends_(graph.proxies.size()) {
  for (const graph::Action& action : graph.actions)
    actions_[{action.span.file, action.span.begin}] = action.kind;
}

// A server by its name, where it is, and what it is told. Weights decide how often it is chosen.
std::uint32_t FateKeys::server(graph::ServerId id) {
  std::optional<std::uint32_t>& known = servers_[id];
  if (known) return *known;
  const graph::Server& found = graph_.servers[id];
  const bool tls = found.tls && found.tls->sessions;
  known = names_.number(fmt::format("server {} {} {}{}{} {}", found.name, parser::to_string(found.address),
                                    found.weight, tls ? " tls" : "",
                                    tls && found.tls->verify ? " verify" : "", found.header_values));
  return *known;
}

std::uint32_t FateKeys::backend(graph::ProxyId id, bool chosen) {
  std::optional<std::uint32_t>& known = backends_[id][chosen ? 1 : 0];
  if (known) return *known;
  const graph::Proxy& proxy = graph_.proxies[id];
  std::string name = "backend " + proxy.name;
  if (chosen)
    name += fmt::format(" {} {}{}{}", static_cast<int>(proxy.balance.kind), proxy.balance.hash.consistent,
                        static_cast<int>(proxy.balance.hash.function), proxy.balance.hash.avalanche);
  known = names_.number(name);
  return *known;
}

std::uint32_t FateKeys::rejection(parser::Span by) {
  const auto found = actions_.find({by.file, by.begin});
  return names_.number(
      fmt::format("rejected {}", found == actions_.end() ? -1 : static_cast<int>(found->second)));
}

FateKey FateKeys::key_of(const Fate& fate) {
  FateKey key{.ending = fate.ending, .at = fate.at};
  for (const Visit& visit : fate.visits)
    if (visit.certificate)
      key.certificates.push_back(
          names_.number("certificate " + (*graph_.certificates)[*visit.certificate].path));
  if (fate.visits.empty()) return key;
  const Visit& last = fate.visits.back();
  if (fate.ending == Ending::http)
    key.place = names_.number("http " + graph_.proxies[graph_.listeners[last.listener].frontend].name);
  else if (fate.ending == Ending::rejected)
    key.place = rejection(fate.by);
  else if (last.backend != graph::none)
    key.place = backend(last.backend, last.selection == Selection::open && last.candidates.size() > 1);
  if (fate.ending != Ending::served) return key;
  for (const graph::ServerId id : last.candidates) key.servers.push_back(server(id));
  std::ranges::sort(key.servers);
  key.header = last.proxy_header;
  return key;
}

std::vector<std::string> differences(const FateKey& before, const FateKey& after) {
  std::vector<std::string> found;
  if (before.ending != after.ending)
    found.emplace_back("end");
  else if (before.place != after.place)
    found.emplace_back(before.ending == Ending::rejected ? "way of rejecting" : "backend");
  if (before.ending == after.ending && before.servers != after.servers) found.emplace_back("servers");
  if (before.at != after.at) found.emplace_back("time");
  if (before.certificates != after.certificates) found.emplace_back("certificate");
  if (before.ending == after.ending && before.header != after.header) found.emplace_back("PROXY header");
  return found;
}

}  // namespace shunt::analysis
