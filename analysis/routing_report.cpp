// The report of routing tests as text, TAP 13, JUnit XML and JSON.
#include <fmt/core.h>

#include <boost/json.hpp>

#include "analysis/routing_test.hpp"

namespace shunt::analysis {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

boost::json::string text(std::string_view bytes) {
  return boost::json::string(boost::json::string_view(bytes.data(), bytes.size()));
}

}  // namespace

std::string text_report(const TestReport& report, const parser::SourceSet& sources) {
  std::string out;
  for (const TestOutcome& each : report.outcomes) {
    out += fmt::format("{} {}{}\n", each.failures.empty() ? "ok    " : "FAILED", each.name,
                       each.runs > 1 ? fmt::format(" ({} ways to cut)", each.runs - 1) : "");
    for (const std::string& failure : each.failures)
      out += fmt::format("       {}: {}\n", each.place, failure);
  }
  const RuleCoverage& coverage = report.coverage;
  out += fmt::format("{} of {} tests passed; {} of {} rules exercised ({:.1f} %)\n",
                     report.outcomes.size() - report.failed(), report.outcomes.size(), coverage.applied,
                     coverage.rules, coverage.percent());
  for (const parser::Span& span : coverage.missed)
    out += fmt::format("  never: {}: {}\n", place_of(span, sources), line_of(span, sources));
  return out;
}

std::string tap_report(const TestReport& report) {
  std::string out = fmt::format("TAP version 13\n1..{}\n", report.outcomes.size());
  for (std::size_t i = 0; i < report.outcomes.size(); ++i) {
    const TestOutcome& each = report.outcomes[i];
    out += fmt::format("{} {} - {}\n", each.failures.empty() ? "ok" : "not ok", i + 1, each.name);
    for (const std::string& failure : each.failures) out += fmt::format("# {}: {}\n", each.place, failure);
  }
  return out;
}

std::string junit_report(const TestReport& report) {
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"shunt test\" tests=\"{}\" "
      "failures=\"{}\">\n",
      report.outcomes.size(), report.failed());
  for (const TestOutcome& each : report.outcomes) {
    out += fmt::format("  <testcase name=\"{}\" classname=\"{}\"", escaped(each.name), escaped(each.place));
    if (each.failures.empty()) {
      out += "/>\n";
      continue;
    }
    out += ">\n";
    for (const std::string& failure : each.failures)
      out += fmt::format("    <failure message=\"{}\"/>\n", escaped(failure));
    out += "  </testcase>\n";
  }
  return out + "</testsuite>\n";
}

std::string json_report(const TestReport& report, const parser::SourceSet& sources) {
  boost::json::array tests, missed;
  for (const TestOutcome& each : report.outcomes) {
    boost::json::array failures;
    for (const std::string& failure : each.failures) failures.push_back(text(failure));
    tests.push_back({{"name", text(each.name)},
                     {"place", text(each.place)},
                     {"passed", each.failures.empty()},
                     {"runs", each.runs},
                     {"failures", std::move(failures)}});
  }
  for (const parser::Span& span : report.coverage.missed)
    missed.push_back({{"file", text(sources.name(span.file))},
                      {"line", sources.locate(span).line},
                      {"text", text(line_of(span, sources))}});
  const boost::json::object whole{{"tests", std::move(tests)},
                                  {"failed", report.failed()},
                                  {"coverage", boost::json::object{{"rules", report.coverage.rules},
                                                                   {"applied", report.coverage.applied},
                                                                   {"percent", report.coverage.percent()},
                                                                   {"missed", std::move(missed)}}}};
  return boost::json::serialize(whole) + '\n';
}

}  // namespace shunt::analysis
