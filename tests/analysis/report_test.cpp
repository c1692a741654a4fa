// Findings as JSON, SARIF and GitHub annotations, and the comments that silence them.
#include "analysis/report.hpp"

#include <gtest/gtest.h>

#include "analysis/suppressions.hpp"

namespace shunt::analysis {
namespace {

using parser::Diagnostic;
using parser::Severity;

constexpr parser::Code strange{
    .name = "strange", .severity = Severity::warning, .summary = "It is odd.", .remedy = "Look."};
constexpr parser::Code wrong{.name = "wrong", .summary = "It is wrong.", .remedy = "Mend it."};

struct Findings {
  parser::SourceSet sources;
  parser::DiagnosticSink sink;
  parser::FileId file;

  explicit Findings(std::string text) : file(sources.add("a b.cfg", std::move(text))) {}
  void add(Severity severity, const parser::Code& code, std::uint32_t begin, std::uint32_t end,
           std::string message) {
    sink.report(severity, code, {file, begin, end}, std::move(message));
  }
};

TEST(Reports, JsonNamesPlacesAndCounts) {
  Findings f("global\n  \"x\" y\n");
  f.add(Severity::warning, strange, 9, 12, "the word \"x\"\n is odd");
  f.add(Severity::error, wrong, 13, 14, "y");
  const std::string json = json_report(f.sink.all(), f.sources);
  for (const auto* part :
       {R"("file":"a b.cfg")", R"("line":2)", R"("column":3)", R"("code":"strange")",
        R"(the word \"x\"\n is odd)", R"("errors":1)", R"("warnings":1)", R"("notices":0)"})
    EXPECT_NE(json.find(part), std::string::npos) << part << " in " << json;
}

TEST(Reports, SarifHasARuleForEachCode) {
  Findings f("global\n x\n x\n");
  f.add(Severity::warning, strange, 8, 9, "one");
  f.add(Severity::warning, strange, 11, 12, "two");
  const std::string sarif = sarif_report(f.sink.all(), f.sources);
  EXPECT_NE(sarif.find(R"("version":"2.1.0")"), std::string::npos);
  const auto count = [&](std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = sarif.find(part); at != std::string::npos; at = sarif.find(part, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(count(R"("id":"strange")"), 1u);
  EXPECT_EQ(count(R"("ruleId":"strange")"), 2u);
  EXPECT_EQ(count(R"("startLine":3)"), 1u);
}

TEST(Reports, GithubLinesEscapeWhatWouldEndThem) {
  Findings f("global\n x\n");
  f.add(Severity::warning, strange, 8, 9, "100 %\nmore");
  EXPECT_EQ(github_report(f.sink.all(), f.sources).substr(0, 9), "::warning");
  EXPECT_NE(github_report(f.sink.all(), f.sources).find("100 %25%0Amore"), std::string::npos);
}

struct Silenced {
  std::string_view text;  // the finding is about the 'x'
  bool gone;
};
class Suppressions : public testing::TestWithParam<Silenced> {};

TEST_P(Suppressions, NeedTheCodeOnOrAboveTheLine) {
  Findings f{std::string(GetParam().text)};
  const auto at = static_cast<std::uint32_t>(GetParam().text.find('x'));
  f.add(Severity::warning, strange, at, at + 1, "x");
  auto findings = f.sink.all();
  suppress(findings, f.sources);
  EXPECT_EQ(findings.empty(), GetParam().gone) << GetParam().text;
}

const Silenced silenced[] = {
    {"global\n x # shunt: ignore=strange it is so\n", true},
    {"global\n x # shunt: ignore=wrong,strange\n", true},
    {"global\n # shunt: ignore=strange\n # more\n x\n", true},
    {"global\n x # shunt: ignore=wrong\n", false},
    {"global\n x # shunt: ignore=strangest\n", false},
    {"global\n # shunt: ignore=strange\n y\n x\n", false},
    {"global\n x\n # shunt: ignore=strange\n", false},
    {"global # shunt: ignore=strange\n x\n", false},
};
INSTANTIATE_TEST_SUITE_P(Comments, Suppressions, testing::ValuesIn(silenced));

TEST(SuppressionsOfErrors, DoNothing) {
  Findings f("global\n x # shunt: ignore=wrong\n");
  f.add(Severity::error, wrong, 8, 9, "x");
  auto findings = f.sink.all();
  suppress(findings, f.sources);
  EXPECT_EQ(findings.size(), 1u);
}

}  // namespace
}  // namespace shunt::analysis
