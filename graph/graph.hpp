// The routing graph: immutable and executable, names resolved to dense ids. The runtime executes it,
// `analysis` reads it.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "acl/program.hpp"
#include "graph/global.hpp"
#include "graph/listener.hpp"
#include "graph/peers.hpp"
#include "graph/proxy.hpp"
#include "graph/resolvers.hpp"
#include "graph/rules.hpp"
#include "graph/server.hpp"
#include "graph/stick_table.hpp"

namespace shunt::graph {

namespace pki {
class CertificateStore;  // graph/pki/certificate_store.hpp
}  // namespace pki

struct Graph {
  Global global;
  std::vector<Proxy> proxies;  // indexed by ProxyId
  std::vector<Ring> rings = {};
  std::vector<Listener> listeners;  // indexed by ListenerId, grouped by frontend
  std::vector<Server> servers;      // indexed by ServerId, grouped by backend
  std::vector<Action> actions;
  std::vector<Action> first_values = {};  // set_var of process variables, before anything else happens
  std::vector<Switch> switches;
  std::vector<ServerRule> server_rules = {};
  std::vector<StickTable> tables = {};  // indexed by TableId
  std::vector<StickRule> stick_rules = {};
  acl::Program program;
  std::unordered_map<std::string, ProxyId> backends_by_name;  // for computed names
  std::shared_ptr<const pki::CertificateStore> certificates;
  std::vector<std::string> source_names = {};  // by the file id of a span
  std::vector<Resolvers> resolvers = {};
  std::vector<Peers> peers = {};
  std::vector<std::optional<NamedServer>> names = {};  // by ServerId; empty where no server has resolvers

  // Without those of peers sections, which stand behind all others and serve no clients.
  [[nodiscard]] std::span<const Proxy> traffic_proxies() const {
    return std::span(proxies).first(proxies.size() - peers.size());
  }
  [[nodiscard]] std::span<const Listener> traffic_listeners() const {
    return peers.empty() ? std::span(listeners)
                         : std::span(listeners).first(proxies[peers.front().proxy].first_listener);
  }
  [[nodiscard]] std::span<const Server> traffic_servers() const {
    return peers.empty() ? std::span(servers)
                         : std::span(servers).first(proxies[peers.front().proxy].first_server);
  }

  // null: its address is that of its line.
  [[nodiscard]] const NamedServer* name_of(ServerId id) const {
    return id < names.size() && names[id] ? &*names[id] : nullptr;
  }
};

// Stable text for golden tests (`shunt dump --stage=graph`).
[[nodiscard]] std::string dump(const Graph& graph);

}  // namespace shunt::graph
