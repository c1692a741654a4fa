// Findings in the forms that programs read: JSON, SARIF 2.1.0 and GitHub's workflow annotations.
#pragma once
#include <span>
#include <string>

#include "parser/diagnostic.hpp"

namespace shunt::analysis {

// {"version": 1, "findings": [...], "errors": N, "warnings": N, "notices": N}; positions count from 1,
// columns in bytes.
[[nodiscard]] std::string json_report(std::span<const parser::Diagnostic> findings,
                                      const parser::SourceSet& sources);

// One run with one rule for each code that was found.
[[nodiscard]] std::string sarif_report(std::span<const parser::Diagnostic> findings,
                                       const parser::SourceSet& sources);

// "::error file=F,line=N,col=N,title=CODE::MESSAGE", a line each.
[[nodiscard]] std::string github_report(std::span<const parser::Diagnostic> findings,
                                        const parser::SourceSet& sources);

}  // namespace shunt::analysis
