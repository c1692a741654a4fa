// What all threads share for one configuration: the graph, its sockets, its state, its certificates made
// ready.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "graph/graph.hpp"
#include "route/state.hpp"
#include "runtime/names/name_counters.hpp"
#include "runtime/unique_fd.hpp"

namespace shunt::graph {
struct TlsState;  // graph/tls_renewal.hpp
}

namespace shunt::runtime {

class ListeningSockets;
class NetworkNamespaces;
class OutgoingTls;  // runtime/tls/outgoing_tls.hpp: SSL_CTX towards one server
class TlsContext;   // runtime/tls/tls_context.hpp: SSL_CTX of one bind line

// What a renewal puts in the place of the same of a generation.
struct TlsSet {
  std::vector<std::shared_ptr<const TlsContext>> listeners;
  std::vector<std::shared_ptr<const OutgoingTls>> servers;
  std::shared_ptr<const graph::TlsState> state;
};

struct Generation {
  std::shared_ptr<const graph::Graph> graph;
  std::shared_ptr<ListeningSockets> sockets;
  std::shared_ptr<route::State> state;
  std::shared_ptr<const graph::TlsState> tls_state = {};            // null: nothing can be renewed
  std::vector<std::shared_ptr<const TlsContext>> tls;               // by ListenerId; null without `ssl`
  std::vector<std::shared_ptr<const OutgoingTls>> server_tls = {};  // by ServerId; null without TLS
  std::shared_ptr<const NetworkNamespaces> namespaces = {};
  std::map<std::string, std::shared_ptr<UniqueFd>> log_sockets;  // that a reload opened, by path
  std::shared_ptr<NameCounters> name_counters = std::make_shared<NameCounters>();
};

}  // namespace shunt::runtime
