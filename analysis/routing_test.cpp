// Runs routing tests and compares what comes out with what was expected.
#include "analysis/routing_test.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "analysis/rule_recorder.hpp"
#include "fetchers/wire/proxy_header.hpp"
#include "graph/pki/certificate_store.hpp"
#include "parser/joined.hpp"

namespace shunt::analysis {
namespace {

using graph::Graph;

// One fate beside one expectation; what differs is a sentence each.
class Comparison {
 public:
  Comparison(const Fate& fate, const Expectation& expected, const ExplanationNames& names, Offset allowance)
      : fate_(fate), expected_(expected), names_(names), allowance_(allowance) {}

  std::vector<std::string> failures() {
    compare_ending();
    compare_backend();
    compare_servers();
    compare_waits();
    compare_certificate();
    compare_header();
    compare_way();
    return std::move(failures_);
  }

 private:
  template <class... Values>
  void fail(fmt::format_string<Values...> format, Values&&... values) {
    failures_.push_back(fmt::format(format, std::forward<Values>(values)...));
  }
  [[nodiscard]] std::string summary() const { return summary_of(fate_, names_); }

  void compare_ending() {
    const bool rejected = fate_.ending == Ending::rejected;
    const bool open =
        fate_.ending == Ending::served || fate_.ending == Ending::http || fate_.ending == Ending::never;
    if (expected_.rejected && *expected_.rejected != rejected)
      fail("{}, but got: {}", *expected_.rejected ? "expected to be rejected" : "expected not to be rejected",
           summary());
    if (expected_.closed && *expected_.closed == open)
      fail("{}, but got: {}", *expected_.closed ? "expected to be closed" : "expected not to be closed",
           summary());
    if (expected_.ending && *expected_.ending != name_of(fate_.ending))
      fail("expected the ending '{}', but got '{}': {}", *expected_.ending, name_of(fate_.ending), summary());
  }

  void compare_backend() {
    if (!expected_.backend) return;
    const graph::ProxyId backend = fate_.ending == Ending::served ? fate_.backend() : graph::none;
    if (backend == graph::none || names_.graph.proxies[backend].name != *expected_.backend)
      fail("expected backend '{}', but got: {}", *expected_.backend, summary());
  }

  void compare_servers() {
    if (!expected_.servers) return;
    std::set<std::string> expected, found;
    const std::string backend =
        fate_.backend() == graph::none ? std::string() : names_.graph.proxies[fate_.backend()].name;
    for (const std::string& name : *expected_.servers)
      expected.insert(name.find('/') == std::string::npos ? fmt::format("{}/{}", backend, name) : name);
    if (fate_.ending == Ending::served)
      for (const graph::ServerId id : fate_.visits.back().candidates)
        found.insert(server_name(names_.graph, id));
    if (expected != found)
      fail("expected the servers {}, but got: {}", joined(expected, ", "),
           found.empty() ? summary() : joined(found, ", "));
  }

  void compare_waits() {
    if (expected_.waits_at_most && fate_.at > *expected_.waits_at_most + allowance_)
      fail("expected to wait at most {}, but waits {}", text_of(*expected_.waits_at_most), text_of(fate_.at));
    if (expected_.waits_at_least && fate_.at < *expected_.waits_at_least)
      fail("expected to wait at least {}, but waits {}", text_of(*expected_.waits_at_least),
           text_of(fate_.at));
  }

  void compare_certificate() {
    if (!expected_.certificate) return;
    std::string shown;
    for (const Visit& visit : fate_.visits)
      if (visit.certificate) shown = (*names_.graph.certificates)[*visit.certificate].path;
    const std::string& wanted = *expected_.certificate;
    const bool ends = shown == wanted || shown.ends_with("/" + wanted);
    if (!ends) fail("expected the certificate '{}', but got {}", wanted, shown.empty() ? "none" : shown);
  }

  [[nodiscard]] std::string_view header_version(std::string_view header) const {
    return header.empty() ? "none" : header.starts_with("PROXY ") ? "v1" : "v2";
  }

  void compare_header() {
    const std::string header =
        fate_.ending == Ending::served ? fate_.visits.back().proxy_header : std::string();
    if (expected_.proxy_header && *expected_.proxy_header != header_version(header))
      fail("expected the PROXY header '{}' for the server, but it is '{}'", *expected_.proxy_header,
           header_version(header));
    if (!expected_.proxy_source) return;
    const auto read = fetchers::wire::read_proxy_header(header);
    const std::string source = read ? to_string(read.assume_value().source) : "none";
    if (source != *expected_.proxy_source)
      fail("expected the client '{}' in the PROXY header, but it is '{}'", *expected_.proxy_source, source);
  }

  void compare_way() {
    if (!expected_.through) return;
    std::vector<std::string> way;
    for (const Visit& visit : fate_.visits)
      way.push_back(names_.graph.proxies[names_.graph.listeners[visit.listener].frontend].name);
    if (way != *expected_.through)
      fail("expected the frontends {}, but got {}", joined(*expected_.through, ", "), joined(way, ", "));
  }

  const Fate& fate_;
  const Expectation& expected_;
  const ExplanationNames& names_;
  Offset allowance_;
  std::vector<std::string> failures_;
};

class Runner {
 public:
  Runner(const ExplanationNames& names, Simulation& simulation, const TestOptions& options)
      : names_(names), simulation_(simulation), options_(options) {}

  TestOutcome run(const RoutingTest& test) {
    TestOutcome outcome{.name = test.name, .place = test.place};
    const auto scenario = make_scenario(test.client, names_.graph, simulation_);
    if (!scenario) {
      outcome.failures.push_back(scenario.assume_error().message);
      return outcome;
    }
    judge(simulation_.explain(scenario.assume_value()), test.expected, outcome);
    if (options_.every_split && outcome.failures.empty()) run_splits(test, scenario.assume_value(), outcome);
    return outcome;
  }

  std::vector<AppliedRule> applied = {};

 private:
  void judge(const Explanation& explanation, const Expectation& expected, TestOutcome& outcome) {
    applied.insert(applied.end(), explanation.applied.begin(), explanation.applied.end());
    const bool race = !explanation.alternatives.empty();
    if (expected.race && *expected.race != race)
      outcome.failures.push_back(race ? "expected no race, but it is one"
                                      : "expected a race, but it is none");
    const bool only_likeliest = expected.race.value_or(false) || !race;
    if (only_likeliest) return compare(explanation.fate, expected, {}, Offset(0), outcome);
    for (const Alternative& each : explanation.alternatives)
      compare(each.fate, expected, fmt::format(" (if {})", each.when), Offset(0), outcome);
  }

  void compare(const Fate& fate, const Expectation& expected, const std::string& when, Offset allowance,
               TestOutcome& outcome) {
    for (const std::string& failure : Comparison(fate, expected, names_, allowance).failures())
      outcome.failures.push_back(failure + when);
    for (const Doubt& doubt : fate.doubts)
      outcome.failures.push_back(
          fmt::format("can't say: {}: {}{}", place_of(doubt.span, names_.sources), doubt.reason, when));
  }

  // A PROXY header has to come in one piece.
  static std::size_t header_size(std::string_view bytes) {
    const auto header = fetchers::wire::read_proxy_header(bytes);
    return header ? header.assume_value().size : 0;
  }

  void run_splits(const RoutingTest& test, const Scenario& scenario, TestOutcome& outcome) {
    constexpr Offset pause(1000);
    if (scenario.pieces.empty() || test.expected.race.value_or(false)) return;
    const std::string& first = scenario.pieces.front().bytes;
    Scenario cut = scenario;
    cut.pieces.insert(cut.pieces.begin(), Piece{.at = scenario.pieces.front().at});
    const Offset rest = scenario.pieces.front().at + pause;
    for (std::size_t i = 1; i < cut.pieces.size(); ++i) cut.pieces[i].at = std::max(cut.pieces[i].at, rest);
    for (std::size_t at = header_size(first) + 1; at < first.size(); ++at) {
      cut.pieces[0].bytes = first.substr(0, at);
      cut.pieces[1].bytes = first.substr(at);
      ++outcome.runs;
      compare(simulation_.fate(cut), test.expected, fmt::format(" (cut behind {} bytes)", at), pause,
              outcome);
      if (!outcome.failures.empty()) return;
    }
  }

  const ExplanationNames& names_;
  Simulation& simulation_;
  const TestOptions& options_;
};

RuleCoverage coverage_of(const Graph& graph, std::vector<AppliedRule> applied) {
  std::ranges::sort(applied);
  const std::vector<ListPlace> places = list_places(graph);
  RuleCoverage coverage;
  for (acl::RuleListId list = 0; list < places.size(); ++list) {
    if (places[list].proxy == graph::none) continue;
    const auto& rules = graph.program.rules(list);
    for (std::uint32_t i = 0; i < rules.size(); ++i) {
      ++coverage.rules;
      if (std::ranges::binary_search(applied, AppliedRule{list, i}))
        ++coverage.applied;
      else
        coverage.missed.push_back(rules[i].span);
    }
  }
  std::ranges::sort(coverage.missed, {},
                    [](const parser::Span& span) { return std::pair(span.file, span.begin); });
  return coverage;
}

}  // namespace

std::size_t TestReport::failed() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(outcomes, [](const TestOutcome& each) { return !each.failures.empty(); }));
}

TestReport run_tests(const std::vector<RoutingTest>& tests, const ExplanationNames& names,
                     Simulation& simulation, const TestOptions& options) {
  Runner runner(names, simulation, options);
  TestReport report;
  for (const RoutingTest& test : tests) report.outcomes.push_back(runner.run(test));
  report.coverage = coverage_of(names.graph, std::move(runner.applied));
  return report;
}

}  // namespace shunt::analysis
