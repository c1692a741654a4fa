// A backend for tests of balance algorithms: servers with weights, a balancer, and readable runs of picks.
#pragma once
#include <arpa/inet.h>

#include <deque>
#include <string>
#include <vector>

#include "route/balance/balancer.hpp"

namespace shunt::route {

inline fetchers::Endpoint endpoint(const std::string& text, std::uint16_t port = 0) {
  fetchers::Endpoint made{.port = port};
  if (inet_pton(AF_INET, text.c_str(), made.address.data()) == 1)
    made.family = fetchers::Family::ipv4;
  else if (inet_pton(AF_INET6, text.c_str(), made.address.data()) == 1)
    made.family = fetchers::Family::ipv6;
  return made;
}

struct FleetServer {
  std::uint32_t weight = 1;
  bool backup = false;
  std::uint32_t number = 0;  // 0: its position, from 1
  std::uint32_t maxconn = 0;
  graph::HashKey key = graph::HashKey::id;
  std::string guid = {}, address = {};
};

// Servers are numbered from 1 in all texts, as in the measured vectors.
class Fleet {
 public:
  Fleet(graph::Balance balance, const std::vector<FleetServer>& servers, bool allbackups = false) {
    for (const FleetServer& server : servers) add(server);
    make(balance, allbackups);
  }
  Fleet(graph::BalanceKind kind, const std::vector<std::uint32_t>& weights) {
    for (const std::uint32_t weight : weights) add({.weight = weight});
    make({.kind = kind}, false);
  }

  // `count` picks, as "1 2 3". Nothing is held.
  std::string picks(std::size_t count, const BalanceKey& key = {}) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
      text += (text.empty() ? "" : " ") + name(balancer_->pick(key, avoid_));
    return text;
  }
  // Picks whose connections stay open.
  std::string held(std::size_t count, const BalanceKey& key = {}) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t index = balancer_->pick(key, avoid_);
      take(index);
      text += (text.empty() ? "" : " ") + name(index);
    }
    return text;
  }
  // Picks whose connections end before the next one.
  std::string sequential(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t index = balancer_->pick({}, avoid_);
      take(index);
      release(index + 1);
      text += (text.empty() ? "" : " ") + name(index);
    }
    return text;
  }
  std::uint32_t pick(const BalanceKey& key) { return balancer_->pick(key, avoid_) + 1; }
  void hold(std::uint32_t server) { take(server - 1); }
  void release(std::uint32_t server) {
    --states_[server - 1].served;
    balancer_->released(server - 1);
  }
  void avoid(std::uint32_t server) { avoid_ = server - 1; }
  void avoid_nobody() { avoid_ = Balancer::nobody; }
  void maintenance(std::uint32_t server, bool on) {
    states_[server - 1].maintenance = on;
    balancer_->changed(server - 1);
  }
  void weight(std::uint32_t server, std::uint32_t weight) {
    states_[server - 1].weight = weight;
    balancer_->changed(server - 1);
  }
  [[nodiscard]] std::uint32_t served(std::uint32_t server) const { return states_[server - 1].served; }

 private:
  void add(const FleetServer& server) {
    graph::Server& config = configs_.emplace_back();
    config.number = server.number != 0 ? server.number : static_cast<std::uint32_t>(configs_.size());
    config.weight = server.weight;
    config.backup = server.backup;
    config.maxconn = server.maxconn;
    config.hash_key = server.key;
    config.guid = server.guid;
    if (!server.address.empty()) config.endpoint = endpoint(server.address);
    states_.emplace_back().weight = server.weight;
    states_.back().maxconn = server.maxconn;
  }
  void make(graph::Balance balance, bool allbackups) {
    std::vector<BalancedServer> servers;
    for (std::size_t i = 0; i < configs_.size(); ++i) servers.push_back({&configs_[i], &states_[i]});
    balancer_ = make_balancer(balance, allbackups, std::move(servers));
  }
  void take(std::uint32_t index) {
    ++states_[index].served;
    balancer_->taken(index);
  }
  static std::string name(std::uint32_t index) {
    return index == Balancer::nobody ? "-" : std::to_string(index + 1);
  }

  std::deque<graph::Server> configs_;
  std::deque<ServerState> states_;
  std::unique_ptr<Balancer> balancer_;
  std::uint32_t avoid_ = Balancer::nobody;
};

// A graph without anything, for tests that fill in what they look at.
inline graph::Graph empty_graph() {
  return {.global = {},
          .proxies = {},
          .listeners = {},
          .servers = {},
          .actions = {},
          .switches = {},
          .program = acl::ProgramBuilder().finish({}),
          .backends_by_name = {},
          .certificates = {}};
}

// "3 2 3" three times: "3 2 3 3 2 3 3 2 3".
inline std::string repeated(const std::string& text, std::size_t times) {
  std::string all = text;
  for (std::size_t i = 1; i < times; ++i) all += " " + text;
  return all;
}

// "3231 23" as "3 2 3 1 2 3".
inline std::string spaced(const std::string& digits) {
  std::string text;
  for (const char digit : digits)
    if (digit != ' ') text += (text.empty() ? "" : " ") + std::string(1, digit);
  return text;
}

}  // namespace shunt::route
