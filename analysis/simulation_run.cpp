// Sends a described connection from bind to bind and gathers what became of it.
#include <algorithm>
#include <chrono>
#include <utility>

#include "analysis/hello_builder.hpp"
#include "analysis/simulation_parts.hpp"

namespace shunt::analysis {
namespace {

using graph::Graph;
using route::Session;

constexpr std::size_t most_visits = 16;

bool sets_process_variables(const Graph& graph) {
  return std::ranges::any_of(graph.actions, [](const graph::Action& action) {
    const bool sets =
        action.kind == graph::ActionKind::set_var || action.kind == graph::ActionKind::unset_var;
    return sets && action.variable.scope == fetchers::VariableScope::process;
  });
}

}  // namespace

Simulation::Parts::Parts(const Graph& given, std::vector<BlindSpot> spots)
    : graph(given),
      places(list_places(given)),
      binds(given),
      recorder(given, places),
      blind(std::move(spots)) {
  renews_state =
      sets_process_variables(given) || !given.tables.empty();  // what one client left another one would find
  renew_state();
  find_blind_proxies();
}

void Simulation::Parts::renew_state() {
  state = std::make_unique<route::State>(graph);
  view = std::make_unique<route::StateProxiesView>(graph, *state, &facilities.now);
  facilities.graph = &graph;
  facilities.state = state.get();
  facilities.scratch = &scratch;
  facilities.proxies = view.get();
  facilities.process = &process;
  facilities.wakeups = &wakeups;
  facilities.watcher = &recorder;
  route::set_first_values(graph, process, state->variables);
}

void Simulation::Parts::find_blind_proxies() {
  blind_of.resize(graph.proxies.size());
  for (const graph::Proxy& proxy : graph.traffic_proxies())
    for (std::size_t i = 0; i < blind.size(); ++i) {
      const parser::Span& head = blind[i].section;
      if (head.file == proxy.span.file && head.begin <= proxy.span.begin && proxy.span.begin < head.end)
        blind_of[proxy.id].push_back(i);
    }
}

void Simulation::Parts::doubt_proxy(graph::ProxyId proxy, Fate& fate) const {
  for (const std::size_t i : blind_of[proxy]) {
    Doubt doubt{blind[i].span, blind[i].reason};
    if (std::ranges::find(fate.doubts, doubt) == fate.doubts.end()) fate.doubts.push_back(std::move(doubt));
  }
}

void Simulation::Parts::set_down(const std::vector<graph::ServerId>& servers, bool down) {
  for (const graph::ServerId id : servers) {
    state->server(id).up = !down;
    state->server_changed(graph, id);
  }
}

void Simulation::Parts::note(const Stage& stage, MomentKind kind, std::size_t visit, std::string text,
                             parser::Span span) {
  if (!stage.traces) return;
  recorder.moments.push_back({.kind = kind,
                              .at = stage.now,
                              .visit = static_cast<std::uint32_t>(visit),
                              .text = std::move(text),
                              .span = span});
}

// The servers that an algorithm chooses among.
std::vector<graph::ServerId> Simulation::Parts::usable(graph::ProxyId id) const {
  const graph::Proxy& backend = graph.proxies[id];
  std::vector<graph::ServerId> active, backups;
  for (graph::ServerId server = backend.first_server; server < backend.first_server + backend.server_count;
       ++server)
    if (state->server(server).usable()) (graph.servers[server].backup ? backups : active).push_back(server);
  if (!active.empty()) return active;
  if (!backend.options.allbackups && backups.size() > 1) backups.resize(1);
  return backups;
}

void Simulation::Parts::note_backend(SimulatedLeg& leg, Fate& fate, bool served) {
  Visit& visit = fate.visits.back();
  visit.content_rule = recorder.content();
  if (leg.session().backend() != nullptr) {
    visit.backend = leg.session().backend()->id;
    visit.backend_rule = recorder.use_backend();
    doubt_proxy(visit.backend, fate);
  }
  if (served) return;
  visit.candidates.clear();
}

void Simulation::Parts::note_server(SimulatedLeg& leg, Fate& fate, Stage& stage) {
  using enum graph::BalanceKind;
  Visit& visit = fate.visits.back();
  const graph::Proxy& backend = *leg.session().backend();
  const bool named = leg.session().persistent();
  const bool hashed = recorder.hashed();
  const graph::Server* const server = leg.session().server();
  visit.selection = named ? Selection::named : hashed ? Selection::hashed : Selection::open;
  visit.candidates = usable(backend.id);
  if (visit.candidates.size() == 1 || (!named && backend.balance.kind == first)) {
    if (!named) visit.selection = Selection::certain;
    visit.candidates.resize(1);
  }
  if (server != nullptr && visit.selection != Selection::open) visit.candidates = {server->id};
  note(stage, MomentKind::backend, fate.visits.size() - 1, backend.name, visit.backend_rule);
  note(stage, MomentKind::server, fate.visits.size() - 1, {});
}

void Simulation::Parts::conclude(SimulatedLeg& leg, SimulatedLeg::Outcome outcome, Fate& fate) {
  using enum SimulatedLeg::Outcome;
  Session& session = leg.session();
  note_backend(leg, fate, false);
  fate.text = session.error_text();
  if (outcome == header_missing) return void(fate.ending = Ending::bad_header);
  if (outcome == handshake_failed) return void(fate.ending = Ending::bad_handshake);
  if (outcome == waits_for_ever) return void(fate.ending = Ending::never);
  if (outcome == http) {
    fate.ending = Ending::http;
    fate.visits.back().backend = graph::none;
    return;
  }
  if (recorder.rejected().known()) {
    fate.ending = Ending::rejected;
    fate.by = recorder.rejected();
    return;
  }
  fetchers::LogRecord record;
  session.fill(record, clock + fate.at);
  const char cause = record.termination[0];
  if (cause == 'C' || cause == 'c') return void(fate.ending = Ending::client_gone);
  fate.ending = session.backend() == nullptr ? Ending::no_backend : Ending::no_server;
}

// What arrives at the bind of ours that the server is; nothing: it is somebody else.
std::optional<Arrival> Simulation::Parts::next_arrival(SimulatedLeg& leg, const std::string& header,
                                                       Fate& fate) {
  const graph::Server& server = *leg.session().server();
  const auto bind = binds.behind(server, leg.step().target);
  if (!bind) return std::nullopt;
  Arrival next{.listener = *bind, .feed = leg.forward(header)};
  next.destination = leg.step().target;
  next.source =
      next.destination.family == fetchers::Family::unix_socket
          ? next.destination
          : fetchers::Endpoint{.family = next.destination.family, .address = next.destination.address};
  if (!server.tls || !server.tls->sessions) return next;
  // We are the TLS client: a hello of ours first, and inside what would have been forwarded.
  Feed plain = leg.forward({});
  HelloDescription hello;
  const std::string name = leg.session().server_name({});
  if (!name.empty()) hello.sni = name;
  next.feed = {.pieces = {{fate.visits.back().decided, header + build_hello(hello)}},
               .ends = plain.ends,
               .inside = std::move(plain.pieces),
               .inside_is_relative = false};
  return next;
}

void Simulation::Parts::visit_all(const Scenario& scenario, Late late, Stage& stage, Fate& fate,
                                  Openness& open) {
  std::vector<std::unique_ptr<SimulatedLeg>> legs;  // all stay until the end: they count as connections
  std::optional<Arrival> next =
      Arrival{.listener = scenario.listener,
              .source = scenario.from,
              .destination = scenario.to,
              .feed = {.pieces = scenario.pieces, .ends = scenario.ends, .inside = scenario.inside}};
  while (next) {
    const auto number = static_cast<std::uint32_t>(legs.size());
    if (number == most_visits) return void(fate.ending = Ending::loops);
    next->late = number == 0 ? late == Late::first : late == Late::inner;
    fate.visits.push_back({.listener = next->listener, .arrived = stage.now});
    recorder.begin(number, graph.listeners[next->listener].frontend);
    doubt_proxy(graph.listeners[next->listener].frontend, fate);
    auto& leg = *legs.emplace_back(std::make_unique<SimulatedLeg>(stage, number, std::move(*next)));
    const auto outcome = leg.run(fate.visits.back());
    (number == 0 ? open.first : open.inner) |= leg.could_be_late();
    fate.visits.back().decided = fate.at = stage.now;
    if (outcome != SimulatedLeg::Outcome::connects) return conclude(leg, outcome, fate);
    note_backend(leg, fate, true);
    note_server(leg, fate, stage);
    if (leg.session().server() == nullptr) return void(fate.ending = Ending::served);
    fate.visits.back().proxy_header = leg.session().proxy_header_to_send(leg.received());
    next = next_arrival(leg, fate.visits.back().proxy_header, fate);
    leg.connect();
    if (next) note(stage, MomentKind::hop, number, {});
  }
  fate.ending = Ending::served;
}

Fate Simulation::Parts::run(const Scenario& scenario, Late late, bool traces, Openness& open) {
  // Rates and the like are those of a process at rest.
  clock += std::chrono::hours(1);
  facilities.random_state = 1;
  if (renews_state) renew_state();
  recorder.reset(traces);
  set_down(scenario.down, true);
  Stage stage{.graph = graph,
              .facilities = facilities,
              .recorder = recorder,
              .scenario = scenario,
              .begin = clock,
              .traces = traces};
  Fate fate;
  visit_all(scenario, late, stage, fate, open);
  set_down(scenario.down, false);
  fate.doubts.insert(fate.doubts.end(), recorder.doubts.begin(), recorder.doubts.end());
  note(stage, MomentKind::end, fate.visits.size() - 1, fate.text, fate.by);
  return fate;
}

}  // namespace shunt::analysis
