// What would become of a connection: the compiled graph and the session machine of the proxy, with a virtual
// clock and without sockets or name resolution. `explain`, `test`, `diff` and drawn paths use it.
//
//   Simulation simulation(*loaded.graph);                    // once per graph; not shared between threads
//   Scenario scenario{.listener = *simulation.listener_at(to), .from = from, .to = to,
//                     .pieces = {{Offset(0), build_hello({.sni = "x"})}}};
//   Fate fate = simulation.fate(scenario);                   // fast: no timeline, the bytes are there at
//   once std::vector<Alternative> all = simulation.fates(scenario);  // more than one: a race Explanation why
//   = simulation.explain(scenario);          // with timeline, alternatives, rules that applied
//
// Runs don't influence each other. Servers are up unless the file or the scenario says otherwise, nothing
// else is going on in the process, and every server accepts connections at once. A file with lines that this
// build can't run is loaded with LoadOptions::despite_unsupported; `blind_spots()` of it tells the simulation
// where.
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "analysis/explanation.hpp"
#include "analysis/scenario.hpp"
#include "graph/load.hpp"

namespace shunt::analysis {

// A line that this build leaves out, and the proxies that it stands in.
struct BlindSpot {
  parser::Span section = {};  // the whole line of the section's head
  parser::Span span = {};
  std::string reason = {};
};
[[nodiscard]] std::vector<BlindSpot> blind_spots(const graph::Loaded& loaded);

class Simulation {
 public:
  explicit Simulation(const graph::Graph& graph, std::vector<BlindSpot> blind_spots = {});
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  [[nodiscard]] Fate fate(const Scenario& scenario);
  // What may happen, the likeliest first; the others differ from it and say when they happen.
  [[nodiscard]] std::vector<Alternative> fates(const Scenario& scenario);
  [[nodiscard]] Explanation explain(const Scenario& scenario);

  // The bind that a client of this address reaches: an exact one before "any address"; family none: any bind
  // with that port.
  [[nodiscard]] std::optional<graph::ListenerId> listener_at(const fetchers::Endpoint& to) const;
  // By the name of its frontend, or "frontend/bind".
  [[nodiscard]] std::optional<graph::ListenerId> listener_of(const std::string& name) const;
  // The bind of ours that a server's line leads to.
  [[nodiscard]] std::optional<graph::ListenerId> listener_behind(const graph::Server& server) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace shunt::analysis
