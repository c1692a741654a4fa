// Which of our own binds an address leads to.
#pragma once
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "graph/graph.hpp"

namespace shunt::analysis {

class OwnBinds {
 public:
  explicit OwnBinds(const graph::Graph& graph);

  // An exact address before "any"; family none: the first bind with that port.
  [[nodiscard]] std::optional<graph::ListenerId> at(const fetchers::Endpoint& to) const;
  // By name, or by an address that is certainly this machine's: a loopback one, or one that a bind names.
  [[nodiscard]] std::optional<graph::ListenerId> behind(const graph::Server& server,
                                                        const fetchers::Endpoint& target) const;
  // The first bind of a frontend ("fe"), or the named one ("fe/name").
  [[nodiscard]] std::optional<graph::ListenerId> of_frontend(const std::string& name) const;

 private:
  [[nodiscard]] bool is_ours(const fetchers::Endpoint& address) const;

  const graph::Graph& graph_;
  std::unordered_map<std::string, graph::ListenerId> by_name_;
  std::unordered_map<std::uint16_t, std::vector<graph::ListenerId>> by_port_;
  std::unordered_map<std::string, graph::ListenerId> by_frontend_;
  std::unordered_set<std::string> addresses_;  // their bytes, in network order
};

}  // namespace shunt::analysis
