// Where lints put what they find.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "parser/diagnostic.hpp"

namespace shunt::analysis {

class Findings {
 public:
  parser::Diagnostic& report(const parser::Code& code, parser::Span span, std::string message) {
    return report(code.severity, code, span, std::move(message));
  }
  parser::Diagnostic& report(parser::Severity severity, const parser::Code& code, parser::Span span,
                             std::string message) {
    return all_.emplace_back(
        parser::Diagnostic{.severity = severity, .code = &code, .span = span, .message = std::move(message)});
  }
  [[nodiscard]] std::vector<parser::Diagnostic> take() { return std::move(all_); }

 private:
  std::vector<parser::Diagnostic> all_;
};

}  // namespace shunt::analysis
