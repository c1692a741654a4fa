// Finds rules of ladders that can't apply, because rules above end the list for all that they match.
#include <algorithm>

#include "acl/passes.hpp"

namespace shunt::acl {
namespace {

class ShadowFinder {
 public:
  ShadowFinder(DraftList& list, const Ladder& ladder) : list_(list), ladder_(ladder) {
    for (const Rung& rung : ladder.rungs())
      if (rung.more || !list.rules[rung.rule].final) candidates_.push_back(rung.rule);
  }

  void run() {
    for (const Rung& rung : ladder_.rungs()) {
      const std::uint32_t by = shadow_of(rung);
      if (by != rung.rule) list_.rules[rung.rule].unreachable = {rung.rule, Unreachable::Why::shadowed, by};
    }
  }

 private:
  // The rule that takes the first pattern, if rules above take all of them; otherwise the rung's own rule.
  [[nodiscard]] std::uint32_t shadow_of(const Rung& rung) const {
    std::uint32_t by = rung.rule;
    for (const PatternSet* set : rung.sets)
      for (const PatternText& entry : set->entries()) {
        const std::uint32_t rule = ladder_.whole().find_covering(set->options(), entry.text);
        if (rule >= rung.rule || !ends_list(rule)) return rung.rule;
        by = std::min(by, rule);
      }
    return by;
  }

  // Whether the rule always ends the list where its pattern matches.
  [[nodiscard]] bool ends_list(std::uint32_t rule) const {
    return !std::ranges::binary_search(candidates_, rule);
  }

  DraftList& list_;
  const Ladder& ladder_;
  std::vector<std::uint32_t> candidates_;  // rules that a match does not decide
};

}  // namespace

void drop_shadowed(Draft& draft) {
  for (DraftList& list : draft.lists)
    for (const auto& ladder : list.ladders) ShadowFinder(list, *ladder).run();
}

}  // namespace shunt::acl
