// How long each side of a relaying connection may be silent.
#pragma once
#include <optional>

#include "graph/graph.hpp"
#include "route/state.hpp"

namespace shunt::route {

// Since when each side is silent. Bytes that pass in either direction restart both.
struct IdleSince {
  Time client = {};
  Time server = {};
};

// What the relay knows of one side.
struct SideFacts {
  bool ended = false;  // its end was passed on to the other one
  bool owed = false;   // bytes wait for it because it does not read
};

// When each side is to be given up; nothing for a side that is not waited for.
struct IdleDue {
  std::optional<Time> client = {};
  std::optional<Time> server = {};
};
[[nodiscard]] IdleDue idle_due(const graph::Timeouts& frontend, const graph::Timeouts& backend,
                               const IdleSince& since, SideFacts client, SideFacts server);

}  // namespace shunt::route
