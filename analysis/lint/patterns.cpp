// Patterns that can't match, or match more or less than their writer thought.
#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>

#include "acl/fold.hpp"
#include "analysis/lint/cover_index.hpp"
#include "analysis/lint/families.hpp"
#include "analysis/lint/fetch_kinds.hpp"

namespace shunt::analysis {
namespace {

using namespace model;

bool compares_text(MatchMethod method) {
  return method == MatchMethod::str || method == MatchMethod::beg || method == MatchMethod::end ||
         method == MatchMethod::sub || method == MatchMethod::dom || method == MatchMethod::dir;
}

// "*" alone is a text that URLs and lists have; "*.x" of a name is none.
void judge_wildcard(const Test& test, const Pattern& pattern, Findings& findings) {
  if (!compares_text(test.method) || !is_host_name(test.sample)) return;
  if (pattern.text.find('*') == std::string_view::npos) return;
  auto& finding =
      findings.report(codes::literal_wildcard, pattern.span,
                      fmt::format("'{}' is compared literally, and no name has a '*'", pattern.text));
  if (pattern.text.starts_with("*."))
    finding.notes.push_back({fmt::format("write '-m end {}'", pattern.text.substr(1))});
}

bool has_case(std::string_view text, bool upper) {
  return std::ranges::any_of(
      text, [upper](char c) { return upper ? (c >= 'A' && c <= 'Z') : (c >= 'a' && c <= 'z'); });
}

// Some converters leave the case as it is.
std::string_view case_converter(const Sample& sample) {
  return sample.converters.empty() ? std::string_view() : std::string_view(sample.converters.back().name);
}

void judge_case(const Test& test, const Pattern& pattern, Findings& findings) {
  if (!compares_text(test.method) || test.ignore_case) return;
  const std::string_view converter = case_converter(test.sample);
  const bool lower = converter == "lower", upper = converter == "upper";
  if ((!lower && !upper) || !has_case(pattern.text, lower)) return;
  findings.report(codes::case_never_matches, pattern.span,
                  fmt::format("'{}' never matches behind the converter '{}'", pattern.text, converter));
}

void judge_operator(const Test& test, const Pattern& pattern, Findings& findings) {
  constexpr std::string_view words[] = {"or", "OR", "||", "and", "AND", "&&", "if", "unless"};
  if (!compares_text(test.method) || std::ranges::find(words, pattern.text) == std::end(words)) return;
  if (test.patterns.size() < 2) return;
  findings.report(codes::operator_among_patterns, pattern.span,
                  fmt::format("'{}' is one of the patterns here, no operator", pattern.text));
}

bool strange_suffix(const Test& test, const Pattern& pattern) {
  if (test.method != MatchMethod::end || !is_host_name(test.sample)) return false;
  return !pattern.text.empty() && pattern.text[0] != '.' && pattern.text[0] != '-' &&
         pattern.text[0] != ':' && pattern.text.find('.') != std::string_view::npos;
}

void judge_suffix(const Test& test, const Pattern& pattern, Findings& findings) {
  if (!strange_suffix(test, pattern)) return;
  findings.report(codes::suffix_without_dot, pattern.span,
                  fmt::format("'{0}' as a suffix also matches 'evil{0}'", pattern.text));
}

bool folds_case(const Sample& sample) {
  return std::ranges::any_of(sample.converters, [](const parser::Call& call) {
    return call.name == "lower" || call.name == "upper" || call.name.starts_with("map") ||
           call.name == "host_only" || call.name == "hex" || call.name.starts_with("sha");
  });
}

void judge_name(const Test& test, Findings& findings) {
  const bool compares = compares_text(test.method) || test.method == MatchMethod::reg;
  if (!compares || test.ignore_case || !is_host_name(test.sample) || folds_case(test.sample)) return;
  const auto letters = [](const Pattern& each) {
    return has_case(each.text, true) || has_case(each.text, false);
  };
  if (test.files || !std::ranges::any_of(test.patterns, letters)) return;
  const bool inline_flag = std::ranges::any_of(
      test.patterns, [](const Pattern& each) { return each.text.find("(?i)") != std::string_view::npos; });
  if (inline_flag) return;
  findings.report(
      codes::case_sensitive_name, test.sample.name_span,
      fmt::format("'{}' is compared without -i, but clients may write names in any case", test.sample.fetch));
}

// ---- patterns that others of the same ACL cover

class DuplicateJudge {
 public:
  explicit DuplicateJudge(Findings& findings) : findings_(findings) {}

  void judge(const Acl& acl) {
    for (const Test& test : acl.tests)
      for (const Pattern& pattern : test.patterns) judge(test, pattern);
  }

 private:
  void judge(const Test& test, const Pattern& pattern) {
    if (!test.exact || test.patterns.empty()) return;
    Acl& one = singles_.emplace_back();
    one.tests.push_back({.sample = test.sample,
                         .method = test.method,
                         .ignore_case = test.ignore_case,
                         .exact = true,
                         .patterns = {pattern}});
    const Conjunction& all = terms_.emplace_back(Conjunction{{.acl = &one}});
    if (const auto covering = index_.find(all)) {
      const Pattern& wider = singles_[*covering].tests[0].patterns[0];
      findings_
          .report(codes::duplicate_pattern, pattern.span,
                  fmt::format("'{}' is covered by '{}' of the same ACL", pattern.text, wider.text))
          .notes.push_back({"this pattern", wider.span});
      return;
    }
    index_.add(all, static_cast<std::uint32_t>(singles_.size() - 1));
  }

  Findings& findings_;
  CoverIndex index_;
  std::deque<Acl> singles_;
  std::deque<Conjunction> terms_;
};

}  // namespace

void lint_patterns(const LintInput& input, Findings& findings) {
  for (const Acl& acl : input.model.acls) {
    if (acl.predefined) continue;
    for (const Test& test : acl.tests) {
      judge_name(test, findings);
      for (const Pattern& pattern : test.patterns) {
        judge_wildcard(test, pattern, findings);
        judge_case(test, pattern, findings);
        judge_operator(test, pattern, findings);
        judge_suffix(test, pattern, findings);
      }
    }
    DuplicateJudge(findings).judge(acl);
  }
}

}  // namespace shunt::analysis
