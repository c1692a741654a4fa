// What is wrong (or remarkable) in a configuration, where, and what to do about it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parser/source.hpp"

namespace shunt::parser {

enum class Severity : std::uint8_t { notice, warning, error };

// How HAProxy's line form writes the place of a finding: most messages have a blank before the colon, those
// about the text itself have none, and some of these name the position and show the line.
enum class LineLayout : std::uint8_t { plain, tight, position, excerpt };

// A stable name for one kind of finding. Each room lists its codes in `codes.hpp`; docs/diagnostics.md is
// made of them.
struct Code {
  std::string_view name;                // "unknown-keyword": never changes once released
  Severity severity = Severity::error;  // as reported when the reporter says nothing else
  std::string_view summary = {};        // one sentence: when it is reported
  std::string_view remedy = {};         // one sentence: what to do
  bool lint = false;                    // reported only by --check, never under -c or at start
  LineLayout layout = LineLayout::plain;
  bool about_build = false;  // says what this build can't execute, nothing about the file
  bool late = false;         // as in Diagnostic
};

// A second place or sentence that helps: "did you mean", "first defined here", the remedy.
struct Note {
  std::string message;
  Span span = {};
};

struct Diagnostic {
  Severity severity = Severity::error;
  const Code* code = nullptr;  // static storage
  Span span = {};
  std::string message;  // what was found (quoted) and what was expected
  std::vector<Note> notes = {};
  bool last = false;  // HAProxy reads nothing behind it
  bool late = false;  // about the whole file: HAProxy looks for it only when every line could be read
};

// Collects findings; reporting never stops the reader, so one run shows all of them.
class DiagnosticSink {
 public:
  Diagnostic& report(const Code& code, Span span, std::string message);
  Diagnostic& report(Severity severity, const Code& code, Span span, std::string message);

  [[nodiscard]] const std::vector<Diagnostic>& all() const { return all_; }
  [[nodiscard]] std::size_t count(Severity severity) const {
    return counts_[static_cast<std::size_t>(severity)];
  }
  [[nodiscard]] bool has_errors() const { return count(Severity::error) != 0; }
  // From now on findings about what the build can't execute are dropped: only the file is judged.
  void judge_only_the_file() { only_the_file_ = true; }
  // How many of them were dropped.
  [[nodiscard]] std::size_t dropped() const { return dropped_; }
  // Findings from now on are late ones, or no more.
  void judge_the_whole(bool whole) { late_ = whole; }
  // Errors of lines, without the late ones.
  [[nodiscard]] bool has_line_errors() const;
  // Forgets the findings that the predicate holds for.
  template <class Predicate>
  void drop(Predicate holds) {
    std::erase_if(all_, [&](const Diagnostic& finding) {
      const bool gone = holds(finding);
      if (gone) --counts_[static_cast<std::size_t>(finding.severity)];
      return gone;
    });
  }
  // In order of file and position; findings without a place come last, in the order reported.
  void sort();

 private:
  std::vector<Diagnostic> all_;
  std::size_t counts_[3] = {};
  bool only_the_file_ = false;
  bool late_ = false;
  std::size_t dropped_ = 0;
  Diagnostic dropped_one_;  // what callers of a dropped report() write their notes to
};

}  // namespace shunt::parser
