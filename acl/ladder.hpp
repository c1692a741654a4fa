// A run of rules that compare one value with texts, as one lookup: `use_backend x if { req.ssl_sni -i name
// }`.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "acl/program.hpp"
#include "acl/text_table.hpp"

namespace shunt::acl {

class Ladder {
 public:
  // A rule of the run and what it compares the value with.
  struct Rung {
    std::uint32_t rule = 0;
    std::vector<const PatternSet*> sets = {};
  };

  // `rungs`: consecutive rules, in order.
  Ladder(fetchers::ExpressionId expression, const std::vector<Rung>& rungs);

  [[nodiscard]] fetchers::ExpressionId expression() const { return expression_; }
  [[nodiscard]] std::uint32_t first() const { return first_; }
  [[nodiscard]] std::uint32_t end() const { return end_; }
  // How many different texts it knows.
  [[nodiscard]] std::size_t size() const { return groups_.size(); }

  // The first rule at or after `from` that the text matches, or end().
  [[nodiscard]] std::uint32_t find(std::string_view text, std::uint32_t from) const;

 private:
  struct Group {
    std::uint32_t first = 0;  // in rules_
    std::uint32_t count = 0;
  };
  [[nodiscard]] std::uint32_t rule_in(std::uint32_t group, std::uint32_t from) const;

  fetchers::ExpressionId expression_;
  std::uint32_t first_;
  std::uint32_t end_;
  std::optional<TextTable> exact_;  // text -> group
  std::optional<TextTable> folded_;
  std::vector<Group> groups_;
  std::vector<std::uint32_t> rules_;  // of all groups, ascending within each
};

struct RuleList;

// The tables that the pass reads.
struct LadderInput {
  const fetchers::ExpressionPool& pool;
  const std::vector<Acl>& acls;
  const std::vector<Condition>& conditions;
  const std::vector<std::shared_ptr<const PatternSet>>& sets;
};

// The pass: finds the runs of `list` and gives them ladders.
void build_ladders(RuleList& list, const LadderInput& input);

}  // namespace shunt::acl
