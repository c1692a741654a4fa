// Which server takes which address or service of what name servers say; without sockets and clock.
#pragma once
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "graph/graph.hpp"
#include "runtime/names/resolution.hpp"

namespace shunt::runtime {

// Told what becomes of servers, in the order in which it is to be logged.
class ServerChanges {
 public:
  // `by`: who says so, as log lines have it.
  virtual void moved(graph::ServerId server, const fetchers::Endpoint& to, std::string_view by) = 0;
  virtual void lost(graph::ServerId server, std::string_view why) = 0;
  // It has an address again. `answered`: an answer about its own name brought it.
  virtual void found(graph::ServerId server, std::string_view host, bool answered) = 0;
  virtual void hosted(graph::ServerId server, std::string_view host) = 0;  // a service record names its host
  virtual void weighs(graph::ServerId server, std::uint32_t weight) = 0;
  // The address of that host is wanted, or not any more.
  virtual void look_up(graph::ServerId server, const std::string& host) = 0;
  virtual void stop_looking(graph::ServerId server) = 0;

 protected:
  ~ServerChanges() = default;
};

// The servers of one backend that share the records of a service.
struct ServiceGroup {
  graph::ProxyId backend = 0;
  std::vector<graph::ServerId> servers = {};
  std::deque<graph::ServerId> free = {};  // those that have none, in the order in which they get one
};

class ServerNames {
 public:
  ServerNames(const graph::Graph& graph, ServerChanges& changes) : graph_(graph), changes_(changes) {}

  // How a server begins. `host`: the one that a service record gave it, empty: none.
  void begin(graph::ServerId server, const fetchers::Endpoint& address, bool without_address,
             std::string host);

  // After a round about addresses; `users` are the servers that want them. `by`: the name server.
  void answered(const Resolution& about, std::span<const graph::ServerId> users, std::string_view by);
  void failed(Resolution& about, std::span<const graph::ServerId> users, NameTime now);
  // After a round about services.
  void answered(Resolution& about, std::span<ServiceGroup> groups);
  void failed(Resolution& about, std::span<ServiceGroup> groups, NameTime now);

  [[nodiscard]] const std::string& host(graph::ServerId server) const { return followers_.at(server).host; }

 private:
  struct Follower {
    fetchers::Endpoint address = {};
    bool lost = false;
    bool attached = false;  // the address is from an answer
    std::string host = {};  // of a service
    std::uint16_t port = 0;
  };

  void choose(const Resolution& about, std::span<const graph::ServerId> users, graph::ServerId server,
              std::string_view by);
  [[nodiscard]] const KnownRecord* pick(const Resolution& about, std::span<const graph::ServerId> users,
                                        graph::ServerId server) const;
  [[nodiscard]] bool taken(std::span<const graph::ServerId> users, graph::ServerId server,
                           const fetchers::Endpoint& address) const;
  void lose(graph::ServerId server, std::string_view why);
  void move(graph::ServerId server, const fetchers::Endpoint& to, std::string_view by);
  void serve(const KnownRecord& known, ServiceGroup& group);
  void withdraw(const DnsRecord& record, ServiceGroup& group);
  void go_on(graph::ServerId server, const KnownRecord& known);
  [[nodiscard]] graph::ServerId server_of(const DnsRecord& record, const ServiceGroup& group) const;
  void weigh(graph::ServerId server, const DnsRecord& record);
  [[nodiscard]] const graph::NamedServer& line(graph::ServerId server) const {
    return *graph_.name_of(server);
  }

  const graph::Graph& graph_;
  ServerChanges& changes_;
  std::unordered_map<graph::ServerId, Follower> followers_;
};

// What servers weigh for what a service record says: 0 to 256.
[[nodiscard]] constexpr std::uint32_t weight_of(std::uint16_t service) { return (service + 255U) / 256U; }

// The address alone: ports are the servers' own.
[[nodiscard]] inline bool same_host(const fetchers::Endpoint& a, const fetchers::Endpoint& b) {
  return a.family == b.family && a.address == b.address;
}

}  // namespace shunt::runtime
