// Which binds of two configurations are the same place for a client.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "analysis/diff/witnesses.hpp"

namespace shunt::analysis {

struct BindPairs {
  struct Pair {
    graph::ListenerId before = 0, after = 0;
  };
  std::vector<Pair> both = {};
  std::vector<graph::ListenerId> only_before = {}, only_after = {};
};

// By address and interface; those of disabled proxies don't count.
[[nodiscard]] BindPairs pair_binds(const graph::Graph& before, const graph::Graph& after);

// How a client reaches the bind, with what either side asks for first.
[[nodiscard]] BindShape shape_of(const graph::Graph& before, const graph::Graph& after, BindPairs::Pair pair);

}  // namespace shunt::analysis
