// One connection as it will come: who, to which bind, and what arrives when. The input of a simulation.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "fetchers/endpoint.hpp"
#include "graph/ids.hpp"

namespace shunt::analysis {

// Since the connection was accepted.
using Offset = std::chrono::microseconds;

struct Piece {
  Offset at{0};
  std::string bytes = {};
};

// A first piece at 0 is sent at once: whether it is there when the connection is accepted is left open
// (Simulation::fates). A later one is certainly not there.
struct Scenario {
  graph::ListenerId listener = 0;
  fetchers::Endpoint from = {}, to = {};
  std::vector<Piece> pieces = {};  // as on the wire, a PROXY header included; times never go down
  // What the client says inside the TLS that a bind of ours terminates; times count from the handshake's end.
  std::vector<Piece> inside = {};
  std::optional<Offset> ends = {};  // the client has finished sending
  bool shows_certificate = false;   // where one is asked for; it is taken to be a good one
  std::vector<graph::ServerId> down = {};
  std::chrono::system_clock::time_point date = {};  // of the accept
};

}  // namespace shunt::analysis
