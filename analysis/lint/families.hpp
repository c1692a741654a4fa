// The families of lints, one function each; table.cpp lists them with their codes.
#pragma once
#include "analysis/lint.hpp"
#include "analysis/lint/codes.hpp"
#include "analysis/lint/findings.hpp"
#include "analysis/lint/model.hpp"

namespace shunt::analysis {

struct LintInput {
  const model::Model& model;
  const LintOptions& options;
};

void lint_layers(const LintInput& input, Findings& findings);
void lint_waiting(const LintInput& input, Findings& findings);
void lint_order(const LintInput& input, Findings& findings);
void lint_patterns(const LintInput& input, Findings& findings);
void lint_names(const LintInput& input, Findings& findings);
void lint_hops(const LintInput& input, Findings& findings);
void lint_binds(const LintInput& input, Findings& findings);
void lint_tls(const LintInput& input, Findings& findings);
void lint_certificates(const LintInput& input, Findings& findings);
void lint_settings(const LintInput& input, Findings& findings);
void lint_timeouts(const LintInput& input, Findings& findings);

}  // namespace shunt::analysis
