// A run of rules that compare one value with patterns, as one lookup: `use_backend x if { req.ssl_sni -i name
// }`.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "acl/program.hpp"

namespace shunt::acl {

// A rule of a run, and the patterns of which one must match.
struct Rung {
  std::uint32_t rule = 0;
  std::vector<const PatternSet*> sets = {};
  bool more = false;  // the condition has terms behind this one, so a match is only a candidate
};

// The patterns of several rungs as few sets; each answers with the first entry, so with the first rule.
class RungIndex {
 public:
  explicit RungIndex(std::span<const Rung> rungs);

  static constexpr std::uint32_t none = 0xffffffff;
  // The first rule that has a matching pattern.
  [[nodiscard]] std::uint32_t find(const fetchers::Sample& value) const {
    std::uint32_t best = none;
    for (const Part& part : parts_) {
      const std::uint32_t entry = part.set->match(value);
      if (entry != PatternSet::no_entry) best = std::min(best, part.rule_of(entry));
    }
    return best;
  }
  // The first rule that matches whatever this pattern of `options` matches, as far as that is easily seen.
  [[nodiscard]] std::uint32_t find_covering(const PatternOptions& options, const std::string& pattern) const;
  [[nodiscard]] std::size_t size() const;

 private:
  // Patterns of one kind.
  struct Part {
    std::shared_ptr<const PatternSet> set;
    std::uint32_t first_rule = 0;
    std::vector<std::uint32_t> rules = {};  // of each entry; empty: one rule after the other
    [[nodiscard]] std::uint32_t rule_of(std::uint32_t entry) const {
      return rules.empty() ? first_rule + entry : rules[entry];
    }
  };
  std::vector<Part> parts_;
};

// What all rungs of a ladder have in common.
struct LadderHead {
  fetchers::ExpressionId expression = 0;
  fetchers::SampleType input = fetchers::SampleType::str;
  std::vector<Term> guards = {};  // terms that stand in front of the pattern's in every rule
  std::uint32_t shared_value = 0xffffffff;
};

class Ladder {
 public:
  // `rungs`: in order. The ladder reaches from the first one's rule to the last one's; rules between them
  // that are no rungs can't apply.
  Ladder(LadderHead head, std::vector<Rung> rungs);

  [[nodiscard]] const LadderHead& head() const { return head_; }
  [[nodiscard]] std::uint32_t first() const { return rungs_.front().rule; }
  [[nodiscard]] std::uint32_t end() const { return rungs_.back().rule + 1; }
  [[nodiscard]] bool has_more(std::uint32_t rule) const { return !more_.empty() && more_[rule - first()]; }
  [[nodiscard]] const std::vector<Rung>& rungs() const { return rungs_; }
  [[nodiscard]] const RungIndex& whole() const { return whole_; }

  // The first rule at or after `from` that the value matches, or end().
  [[nodiscard]] std::uint32_t find(const fetchers::Sample& value, std::uint32_t from) const;
  // "ladder 2..3 on req.ssl_sni with 3 patterns"
  [[nodiscard]] std::string text(const fetchers::ExpressionPool& pool) const;

 private:
  using Position = std::vector<Rung>::const_iterator;
  static constexpr std::ptrdiff_t block_size = 64;

  [[nodiscard]] Position position(std::uint32_t rule) const;

  LadderHead head_;
  std::vector<Rung> rungs_;
  RungIndex whole_;
  std::vector<bool> more_;  // of each rule from the first on; empty: none has terms behind its pattern's
  std::vector<RungIndex> blocks_;  // of 64 rungs each, for searches that begin further down
};

}  // namespace shunt::acl
