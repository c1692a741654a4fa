// The program while the optimisations work on it. Nothing outside this room includes this.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "acl/code.hpp"
#include "acl/pattern_slot.hpp"

namespace shunt::acl {

using PatternSlots = std::vector<std::unique_ptr<PatternSlot>>;

struct DraftAcl {
  std::vector<AclTest> tests = {};
  std::optional<bool> constant = {};
  AclId same_as = 0;  // the first ACL that says the same
  std::uint32_t shared_truth = not_shared;
};

struct DraftCondition {
  bool unless = false;
  std::vector<std::vector<Term>> alternatives = {};
  std::optional<bool> constant = {};  // with `unless` in it
};

struct DraftRule {
  ConditionId condition = always;
  bool final = false, rewrites = false;
  std::optional<Unreachable> unreachable = {};
};

struct DraftList {
  std::vector<DraftRule> rules = {};
  std::vector<std::unique_ptr<const Ladder>> ladders = {};
};

// The value that a test looks at.
using ValueKey = std::pair<fetchers::ExpressionId, fetchers::SampleType>;

struct Draft {
  const fetchers::ExpressionPool& pool;
  const PatternSlots& slots;
  std::vector<DraftAcl> acls = {};
  std::vector<DraftCondition> conditions = {};
  std::vector<DraftList> lists = {};
  std::map<ValueKey, std::uint32_t> shared_values = {};

  [[nodiscard]] const PatternSet& set(std::uint32_t id) const { return *slots[id]->current().set; }
  [[nodiscard]] bool is_pure(const AclTest& test) const {
    return pool[test.expression].purity == fetchers::Purity::pure;
  }
  [[nodiscard]] bool is_pure(AclId acl) const;
  [[nodiscard]] bool is_pure(const std::vector<Term>& terms) const;
  // `always` is true too.
  [[nodiscard]] std::optional<bool> constant(ConditionId condition) const;
  [[nodiscard]] std::uint32_t shared_value(const AclTest& test) const;
};

// "behind rule 3".
[[nodiscard]] std::string reason(const Unreachable& unreachable);
// Stable text of what the passes change.
[[nodiscard]] std::string dump(const Draft& draft);
// The last step: the flat arrays. Takes the ladders.
[[nodiscard]] std::unique_ptr<const Code> flatten(Draft&& draft);

}  // namespace shunt::acl
