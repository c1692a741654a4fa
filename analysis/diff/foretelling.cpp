// Runs the witnesses of one configuration through its graph, and writes them down for other programs.
#include "analysis/diff/foretelling.hpp"

#include <boost/json.hpp>

#include <deque>

#include "analysis/diff/bind_pairs.hpp"
#include "analysis/explanation_text.hpp"
#include "graph/pki/certificate_store.hpp"

namespace shunt::analysis {
namespace {

namespace json = boost::json;
using fetchers::Family;
using graph::Graph;

json::string text(std::string_view from) { return json::string(json::string_view(from.data(), from.size())); }

json::object end_of(const fetchers::Endpoint& end) {
  if (end.family == Family::none || end.family == Family::unix_socket) return {};
  return {{"ip", text(to_string(end))}, {"port", end.port}};
}

json::object place_of(const parser::Address& address) {
  json::object object{{"text", text(parser::to_string(address))}};
  if (address.family == parser::AddressFamily::unix_path) object["path"] = text(address.host);
  if (address.family == parser::AddressFamily::abstract_socket) object["abstract"] = text(address.host);
  object["any"] = address.any;
  return object;
}

json::array pieces_of(const std::vector<Piece>& pieces) {
  json::array list;
  for (const Piece& piece : pieces)
    list.push_back({{"at", piece.at.count()}, {"hex", text(encode_hex(piece.bytes))}});
  return list;
}

json::array names_of(const std::vector<std::string>& names) {
  json::array list;
  for (const std::string& name : names) list.push_back(text(name));
  return list;
}

json::object fate_of(const Fate& fate, const Graph& graph) {
  json::object object{{"end", text(name_of(fate.ending))}, {"at", fate.at.count()}};
  json::array certificates, servers;
  for (const Visit& visit : fate.visits)
    if (visit.certificate) certificates.push_back(text((*graph.certificates)[*visit.certificate].path));
  object["certificates"] = std::move(certificates);
  object["doubtful"] = !fate.doubts.empty();
  if (fate.ending != Ending::served) return object;
  const Visit& last = fate.visits.back();
  object["backend"] = text(graph.proxies[last.backend].name);
  object["selection"] = text(name_of(last.selection));
  for (const graph::ServerId id : last.candidates) servers.push_back(text(server_name(graph, id)));
  object["servers"] = std::move(servers);
  object["header"] = text(encode_hex(last.proxy_header));
  return object;
}

json::object witness_of(const ForetoldWitness& witness, const Graph& graph) {
  const ClientDescription& client = witness.client;
  json::object object{{"flags", text(flags_of(client))},
                      {"bind", witness.scenario.listener},
                      {"from", end_of(witness.scenario.from)},
                      {"to", end_of(witness.scenario.to)},
                      {"pieces", pieces_of(witness.scenario.pieces)},
                      {"certificate", client.shows_certificate}};
  if (client.hello) {
    json::object hello{{"alpn", names_of(client.hello->alpn)}};
    if (client.hello->sni) hello["sni"] = text(*client.hello->sni);
    hello["versions"] = json::value_from(client.hello->versions);
    object["hello"] = std::move(hello);
  }
  if (client.inside) object["inside"] = text(encode_hex(*client.inside));
  if (witness.scenario.ends) object["ends"] = witness.scenario.ends->count();
  json::array fates;
  for (const Alternative& each : witness.fates) fates.push_back(fate_of(each.fate, graph));
  object["fates"] = std::move(fates);
  return object;
}

json::object server_of(const graph::Server& server, const Graph& graph, const Simulation& simulation) {
  json::object object{{"name", text(server_name(graph, server.id))},
                      {"place", place_of(server.address)},
                      {"address", end_of(server.endpoint)},
                      {"tls", server.tls && server.tls->sessions},
                      {"header", server.header_values != 0 || server.send_proxy != graph::SendProxy::none},
                      {"own", simulation.listener_behind(server).has_value()}};
  return object;
}

}  // namespace

Foretold foretell(const graph::Loaded& loaded, std::size_t limit) {
  const Graph& graph = *loaded.graph;
  Simulation simulation(graph, blind_spots(loaded));
  Foretold made;
  std::unordered_set<std::string> seen;
  std::deque<AskedOfBind> asked;  // the makers refer to it
  std::vector<std::pair<graph::ListenerId, WitnessMaker>> makers;
  for (const BindPairs::Pair pair : pair_binds(graph, graph).both) {
    asked.push_back(asked_behind(graph, simulation, pair.before));
    makers.emplace_back(pair.before, WitnessMaker(shape_of(graph, graph, pair), asked.back(), asked.back()));
  }
  const auto take = [&](graph::ListenerId bind, const ClientDescription& client) {
    if (!seen.insert(flags_of(client)).second) return true;
    if (limit != 0 && made.witnesses.size() == limit) return made.limited = true, false;
    auto scenario = make_scenario(client, graph, simulation);
    if (!scenario || scenario.assume_value().listener != bind) return true;
    auto fates = simulation.fates(scenario.assume_value());
    made.witnesses.push_back({client, std::move(scenario).assume_value(), std::move(fates)});
    return true;
  };
  for (std::size_t tier = 0; tier < tier_count; ++tier)
    for (const auto& [bind, maker] : makers)
      if (!maker.make(static_cast<Tier>(tier),
                      [&](const ClientDescription& client) { return take(bind, client); }))
        return made;
  return made;
}

std::string json_form(const Foretold& foretold, const graph::Loaded& loaded) {
  const Graph& graph = *loaded.graph;
  const Simulation simulation(graph);
  json::array binds, servers, witnesses;
  for (const graph::Listener& listener : graph.traffic_listeners()) {
    json::object bind = place_of(listener.address);
    bind["frontend"] = text(graph.proxies[listener.frontend].name);
    bind["tls"] = listener.tls.has_value();
    binds.push_back(std::move(bind));
  }
  for (const graph::Server& server : graph.traffic_servers())
    servers.push_back(server_of(server, graph, simulation));
  for (const ForetoldWitness& witness : foretold.witnesses) witnesses.push_back(witness_of(witness, graph));
  return json::serialize(json::object{{"binds", std::move(binds)},
                                      {"servers", std::move(servers)},
                                      {"limited", foretold.limited},
                                      {"witnesses", std::move(witnesses)}}) +
         '\n';
}

}  // namespace shunt::analysis
