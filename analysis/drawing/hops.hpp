// Which servers are binds of the same configuration.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

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
  using Place = std::pair<std::uint16_t, std::array<std::uint8_t, 16>>;  // port and address

  std::map<std::string, graph::ListenerId> by_name_;  // abns and unix
  std::multimap<Place, const graph::Listener*> by_place_;
  std::multimap<std::uint16_t, const graph::Listener*> at_any_;  // of any address, by port
};

}  // namespace shunt::analysis::drawing
