// Routing tests: a described client and what is expected of its connection.
#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analysis/described_client.hpp"
#include "analysis/explanation_text.hpp"

namespace shunt::analysis {

// What is not said is not looked at.
struct Expectation {
  std::optional<std::string> backend = {};
  std::optional<std::set<std::string>> servers = {};  // all that can be chosen: "name" or "backend/name"
  std::optional<bool> rejected = {};                  // by a rule
  std::optional<bool> closed = {};                    // for whatever reason
  std::optional<std::string> ending = {};             // a name of Ending
  std::optional<Offset> waits_at_most = {}, waits_at_least = {};
  std::optional<std::string> certificate = {};           // the path, or its end, of what a bind shows
  std::optional<std::string> proxy_header = {};          // none, v1, v2: what the server gets
  std::optional<std::string> proxy_source = {};          // the client's address in it
  std::optional<std::vector<std::string>> through = {};  // the frontends, in order
  std::optional<bool> race =
      {};  // true: it has to be one; otherwise all that may happen has to be as expected
};

struct RoutingTest {
  std::string name = {};
  std::string place = {};  // "tests.yaml:12"
  ClientDescription client = {};
  Expectation expected = {};
};

struct TestOutcome {
  std::string name = {}, place = {};
  std::vector<std::string> failures = {};  // empty: passed
  std::size_t runs = 1;                    // more than one where the first bytes were cut
};

// Rules that no test came to.
struct RuleCoverage {
  std::size_t rules = 0, applied = 0;
  std::vector<parser::Span> missed = {};  // in the order of the file

  [[nodiscard]] double percent() const {
    return rules == 0 ? 100.0 : 100.0 * static_cast<double>(applied) / static_cast<double>(rules);
  }
};

struct TestReport {
  std::vector<TestOutcome> outcomes = {};
  RuleCoverage coverage = {};

  [[nodiscard]] std::size_t failed() const;
};

struct TestOptions {
  bool every_split = false;
};

[[nodiscard]] TestReport run_tests(const std::vector<RoutingTest>& tests, const ExplanationNames& names,
                                   Simulation& simulation, const TestOptions& options);

// ---- forms of a report

[[nodiscard]] std::string text_report(const TestReport& report, const parser::SourceSet& sources);
[[nodiscard]] std::string tap_report(const TestReport& report);
[[nodiscard]] std::string junit_report(const TestReport& report);
[[nodiscard]] std::string json_report(const TestReport& report, const parser::SourceSet& sources);

}  // namespace shunt::analysis
