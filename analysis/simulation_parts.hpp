// One run of a simulation: the machinery behind Simulation, which keeps it from run to run.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/own_binds.hpp"
#include "analysis/rule_recorder.hpp"
#include "analysis/simulated_leg.hpp"
#include "analysis/simulation.hpp"
#include "fetchers/process_view.hpp"
#include "route/proxies_view.hpp"

namespace shunt::analysis {

// Which sessions see their first bytes late.
enum class Late : std::uint8_t { none, first, inner };

class NoWakeups final : public route::Wakeups {
  void ring() override {}
};

// The ways in which a run can differ from the first one.
struct Openness {
  bool first = false, inner = false;
};

struct Simulation::Parts {
  Parts(const graph::Graph& given, std::vector<BlindSpot> spots);

  void renew_state();
  void find_blind_proxies();
  void doubt_proxy(graph::ProxyId proxy, Fate& fate) const;
  void set_down(const std::vector<graph::ServerId>& servers, bool down);

  Fate run(const Scenario& scenario, Late late, bool traces, Openness& open);
  void visit_all(const Scenario& scenario, Late late, Stage& stage, Fate& fate, Openness& open);
  void conclude(SimulatedLeg& leg, SimulatedLeg::Outcome outcome, Fate& fate);
  void note_backend(SimulatedLeg& leg, Fate& fate, bool served);
  void note_server(SimulatedLeg& leg, Fate& fate, Stage& stage);
  [[nodiscard]] std::vector<graph::ServerId> usable(graph::ProxyId backend) const;
  [[nodiscard]] std::optional<Arrival> next_arrival(SimulatedLeg& leg, const std::string& header, Fate& fate);
  void note(const Stage& stage, MomentKind kind, std::size_t visit, std::string text, parser::Span span = {});

  const graph::Graph& graph;
  std::vector<ListPlace> places;
  OwnBinds binds;
  RuleRecorder recorder;
  std::vector<BlindSpot> blind;
  std::vector<std::vector<std::size_t>> blind_of;
  bool renews_state = false;
  std::unique_ptr<route::State> state;
  std::unique_ptr<route::StateProxiesView> view;
  fetchers::Scratch scratch;
  fetchers::ProcessView process;
  NoWakeups wakeups;
  route::Facilities facilities;
  route::Time clock{};
};

}  // namespace shunt::analysis
