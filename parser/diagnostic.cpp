// The sink that collects findings.
#include "parser/diagnostic.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace shunt::parser {

Diagnostic& DiagnosticSink::report(const Code& code, Span span, std::string message) {
  return report(code.severity, code, span, std::move(message));
}

Diagnostic& DiagnosticSink::report(Severity severity, const Code& code, Span span, std::string message) {
  ++counts_[static_cast<std::size_t>(severity)];
  Diagnostic& made = all_.emplace_back();
  made.severity = severity;
  made.code = &code;
  made.span = span;
  made.message = std::move(message);
  return made;
}

void DiagnosticSink::sort() {
  // no_file is the largest id, so findings without a place come last by themselves.
  const auto place = [](const Diagnostic& finding) {
    return finding.span.known() ? std::tuple(finding.span.file, finding.span.begin) : std::tuple(no_file, 0U);
  };
  std::stable_sort(all_.begin(), all_.end(), [&](const Diagnostic& left, const Diagnostic& right) {
    return place(left) < place(right);
  });
}

}  // namespace shunt::parser
