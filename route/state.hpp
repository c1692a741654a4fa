// Everything about proxies and servers that changes while the graph runs; shared by threads, kept across
// generations by identity.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "fetchers/variables.hpp"
#include "graph/graph.hpp"
#include "route/frequency.hpp"
#include "route/queue.hpp"
#include "route/server_address.hpp"

namespace shunt::route {

class Balancer;  // route/balance/balancer.hpp
class State;
class StickTable;  // route/stick_table.hpp

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;

// A server as one generation knows it. States outlive generations, ids and balancers don't.
struct Seat {
  State* generation = nullptr;
  graph::ServerId id = graph::none;
  Balancer* balancer = nullptr;
  std::uint32_t position = 0;  // there
};

struct ServerState {
  std::atomic<std::uint32_t> served{0};  // connections established or being established
  std::atomic<std::uint32_t> queued{0};
  std::atomic<std::uint64_t> total{0};  // connections ever given to it
  Frequency sessions;
  std::atomic<std::uint32_t> weight{1};   // 0 ... 256
  std::atomic<std::uint32_t> maxconn{0};  // 0: no limit
  std::atomic<std::uint32_t> errors{0};   // failed connections in a row, of an observed server
  // While it starts slowly: sixteenths of the weight, and the percentage of maxconn.
  std::atomic<std::uint32_t> ramp{16}, progress{100};
  std::atomic<bool> up{true};  // what the health check and the agent say together
  std::atomic<bool> check_up{true}, agent_up{true};
  std::atomic<bool> maintenance{false};  // for one of the two reasons below
  std::atomic<bool> draining{false};
  WaitLine line;                          // guarded by ProxyState::balancing, as is the next one
  std::vector<Seat> seats;                // in the order of the generations
  std::atomic<bool> ordered_away{false};  // by the file, by an agent, by the server that it tracks
  std::atomic<bool> nameless{false};      // nobody knows its address, or that of the server that it tracks
  // Of a server whose address follows its name. That of a service has the port, too.
  ServerAddress address;

  [[nodiscard]] bool usable() const {
    return up.load(std::memory_order_relaxed) && !maintenance.load(std::memory_order_relaxed) &&
           !draining.load(std::memory_order_relaxed) && weight.load(std::memory_order_relaxed) != 0;
  }
  void order_away(bool away) {
    ordered_away.store(away);
    maintenance.store(away || nameless.load());
  }
  void lack_address(bool lacks) {
    nameless.store(lacks);
    maintenance.store(lacks || ordered_away.load());
  }
};

struct ProxyState {
  std::atomic<std::uint32_t> frontend_connections{0};
  std::atomic<std::uint32_t> backend_connections{0};
  std::atomic<std::uint64_t> frontend_total{0};
  std::atomic<std::uint64_t> backend_total{0};
  std::atomic<std::uint64_t> log_lines{0};  // of sessions in the frontend (%lc)
  Frequency frontend_sessions, backend_sessions;
  std::atomic<std::uint32_t> queued{0};  // sessions in `line`
  std::mutex balancing;                  // guards what follows, and the lines of the servers
  WaitLine line;                         // sessions that any server may serve
};

// What belongs to the whole process, whatever it is configured as.
struct ProcessState {
  std::atomic<std::uint32_t> connections{0};
  std::atomic<std::uint64_t> requests{0};
  Frequency sessions;
};

// The dense id -> state tables of one generation.
class State {
 public:
  // Servers come up in the state that their lines say.
  explicit State(const graph::Graph& graph);
  // The next generation: what has the same identity (proxy's name, server's name, address of a listener in a
  // frontend) keeps its state. Nothing is changed before install().
  State(const graph::Graph& graph, const State& before);
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // From now on the file of this generation speaks where it differs from the one before, which may still
  // have sessions.
  void install();
  [[nodiscard]] const graph::Graph& graph() const { return graph_; }
  [[nodiscard]] Balancer* balancer(graph::ProxyId id) const { return balancers_[id].get(); }
  // none: this generation doesn't know that server.
  [[nodiscard]] graph::ServerId find(const ServerState& server) const;

  [[nodiscard]] ProxyState& proxy(graph::ProxyId id) { return *proxies_[id]; }
  [[nodiscard]] ServerState& server(graph::ServerId id) { return *servers_[id]; }
  [[nodiscard]] StickTable& table(graph::TableId id) const { return *tables_[id]; }
  // Connections of one listening socket.
  [[nodiscard]] std::atomic<std::uint32_t>& listener(graph::ListenerId id) { return *listeners_[id]; }
  [[nodiscard]] const std::atomic<std::uint32_t>& listener(graph::ListenerId id) const {
    return *listeners_[id];
  }
  [[nodiscard]] const ProxyState& proxy(graph::ProxyId id) const { return *proxies_[id]; }
  [[nodiscard]] const ServerState& server(graph::ServerId id) const { return *servers_[id]; }

  // To be called after any change of a server's usable() or weight. Returns how many sessions no longer wait
  // where they waited.
  std::uint32_t server_changed(const graph::Graph& graph, graph::ServerId id);
  // How many servers the backend can choose among now: active ones, or else backups (one without `option
  // allbackups`).
  [[nodiscard]] std::uint32_t usable_servers(const graph::Graph& graph, graph::ProxyId backend) const;
  [[nodiscard]] std::uint32_t count_usable(const graph::Graph& graph, graph::ProxyId backend,
                                           bool backup) const;

 private:
  struct Identities;
  void install_proxy(const graph::Proxy& proxy);
  void obey_files();
  void obey_file(graph::ServerId id);
  void follow(graph::ServerId id);
  void find_address(graph::ServerId id);
  void find_addresses();

  const graph::Graph& graph_;
  std::shared_ptr<ProcessState> process_;
  std::vector<std::shared_ptr<ProxyState>> proxies_;
  std::vector<std::shared_ptr<ServerState>> servers_;
  std::vector<std::shared_ptr<std::atomic<std::uint32_t>>> listeners_;
  std::vector<std::shared_ptr<StickTable>> tables_;
  std::vector<std::unique_ptr<Balancer>> balancers_;  // null for a proxy without servers
  // Between the constructor and install(): what the lines of known servers said before.
  struct Before {
    graph::Server line;
    std::string name;  // that name servers were asked for; empty: none
  };
  std::unordered_map<graph::ServerId, Before> before_;

 public:
  std::atomic<std::uint32_t>& connections;  // of the whole process (%ac)
  std::atomic<std::uint64_t>& requests;     // streams ever made (%rt)
  Frequency& sessions;                      // of all frontends
  fetchers::ProcessVariables variables;     // those of one generation: names are numbered in its file
};

}  // namespace shunt::route
