// Lint findings on small configurations.
#include <gtest/gtest.h>

#include "analysis/lint.hpp"
#include "graph/load.hpp"

namespace shunt::analysis {
namespace {

std::vector<parser::Diagnostic> findings_of(const std::string& rules) {
  const auto loaded = graph::load_text(
      "x.cfg", "frontend web\n bind 127.0.0.1:80\n timeout client 1s\n" + rules, {.resolve_names = false});
  EXPECT_NE(loaded->graph, nullptr);
  if (!loaded->graph) return {};
  for (const auto& finding : loaded->sink.all()) EXPECT_FALSE(finding.code->lint);
  return lint(*loaded->graph);
}

TEST(Lint, InspectDelayNeedsAContentRule) {
  const auto findings = findings_of(" tcp-request inspect-delay 5s\n");
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].code, &codes::inspect_delay_without_content_rule);
  EXPECT_TRUE(findings[0].span.known());
}

TEST(Lint, QuietWithAContentRule) {
  EXPECT_TRUE(findings_of(" tcp-request inspect-delay 5s\n tcp-request content accept if { req.len gt 0 }\n")
                  .empty());
}

TEST(Lint, QuietWithoutInspectDelay) { EXPECT_TRUE(findings_of("").empty()); }

}  // namespace
}  // namespace shunt::analysis
