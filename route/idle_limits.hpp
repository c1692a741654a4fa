// How long each side of a relaying connection may be silent.
#pragma once
#include <optional>

#include "graph/proxy.hpp"
#include "route/state.hpp"

namespace shunt::route {

// Since when a side is silent and since when it takes nothing. What it is sent restarts the first, too,
// unless its proxy has `option independent-streams`.
struct IdleClock {
  Time heard = {};
  Time told = {};

  void restart(Time now) { heard = told = now; }
  void note_heard(Time now, bool independent) { independent ? heard = now : heard = told = now; }
  void note_told(Time now, bool independent) { independent ? told = now : heard = told = now; }
};

struct IdleSince {
  IdleClock client = {};
  IdleClock server = {};
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
