// Which servers are binds of the same configuration.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analysis/drawing/model.hpp"

namespace shunt::analysis::drawing {

struct Hop {
  graph::ListenerId listener = graph::none;  // none: the server is no bind of ours
  Way way = Way::memory;
};

class Hops {
 public:
  explicit Hops(const graph::Graph& graph);
  [[nodiscard]] Hop of(const graph::Server& server) const;

 private:
  std::map<std::string, graph::ListenerId> by_name_;              // abns and unix
  std::multimap<std::uint16_t, const graph::Listener*> by_port_;  // TCP
};

}  // namespace shunt::analysis::drawing
