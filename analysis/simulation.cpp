// Runs of a scenario: the likely one, those that differ from it, the one that is explained.
#include "analysis/simulation.hpp"

#include <algorithm>
#include <utility>

#include "analysis/simulation_parts.hpp"

namespace shunt::analysis {
namespace {

bool same_visit(const Visit& a, const Visit& b) {
  return a.listener == b.listener && a.backend == b.backend && a.candidates == b.candidates;
}

}  // namespace

bool same_way(const Fate& a, const Fate& b) {
  return a.ending == b.ending && std::ranges::equal(a.visits, b.visits, same_visit);
}

Simulation::Simulation(const graph::Graph& graph, std::vector<BlindSpot> blind_spots)
    : parts_(std::make_unique<Parts>(graph, std::move(blind_spots))) {}
Simulation::~Simulation() = default;

Fate Simulation::fate(const Scenario& scenario) {
  Openness open;
  return parts_->run(scenario, Late::none, false, open);
}

std::vector<Alternative> Simulation::fates(const Scenario& scenario) {
  Openness open, ignored;
  std::vector<Alternative> all;
  all.push_back({"the first bytes are there at once", parts_->run(scenario, Late::none, false, open)});
  const auto add = [&](Late late, std::string when) {
    Fate fate = parts_->run(scenario, late, false, ignored);
    const auto same = [&](const Alternative& known) { return same_way(known.fate, fate); };
    if (std::ranges::none_of(all, same)) all.push_back({std::move(when), std::move(fate)});
  };
  if (open.first) add(Late::first, "the first bytes come a moment later than the connection");
  if (open.inner) add(Late::inner, "the first bytes reach an inner bind a moment later than the connection");
  return all;
}

Explanation Simulation::explain(const Scenario& scenario) {
  Explanation made;
  std::vector<Alternative> all = fates(scenario);
  if (all.size() > 1) made.alternatives = std::move(all);
  Openness ignored;
  made.fate = parts_->run(scenario, Late::none, true, ignored);
  made.timeline = std::move(parts_->recorder.moments);
  made.applied = std::move(parts_->recorder.applied);
  std::ranges::sort(made.applied);
  made.applied.erase(std::unique(made.applied.begin(), made.applied.end()), made.applied.end());
  return made;
}

std::optional<graph::ListenerId> Simulation::listener_at(const fetchers::Endpoint& to) const {
  return parts_->binds.at(to);
}

std::optional<graph::ListenerId> Simulation::listener_of(const std::string& name) const {
  return parts_->binds.of_frontend(name);
}

std::optional<graph::ListenerId> Simulation::listener_behind(const graph::Server& server) const {
  return parts_->binds.behind(server, server.endpoint);
}

}  // namespace shunt::analysis
