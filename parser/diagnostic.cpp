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
  if (only_the_file_ && code.about_build) {
    ++dropped_;
    return dropped_one_ = {};
  }
  ++counts_[static_cast<std::size_t>(severity)];
  Diagnostic& made = all_.emplace_back();
  made.severity = severity;
  made.code = &code;
  made.span = span;
  made.message = std::move(message);
  made.late = late_ || code.late;
  return made;
}

bool DiagnosticSink::has_line_errors() const {
  return std::ranges::any_of(
      all_, [](const Diagnostic& finding) { return finding.severity == Severity::error && !finding.late; });
}

void DiagnosticSink::sort() {
  // no_file is the largest id, so findings without a place come last by themselves. The index keeps
  // the order of equal ones (clang rejects libstdc++ 12's stable_sort as deprecated).
  std::vector<std::tuple<FileId, std::uint32_t, std::size_t>> places;
  for (const Diagnostic& finding : all_)
    places.emplace_back(finding.span.file, finding.span.known() ? finding.span.begin : 0U, places.size());
  std::sort(places.begin(), places.end());
  std::vector<Diagnostic> sorted;
  sorted.reserve(all_.size());
  for (const auto& [file, begin, index] : places) sorted.push_back(std::move(all_[index]));
  all_ = std::move(sorted);
}

}  // namespace shunt::parser
