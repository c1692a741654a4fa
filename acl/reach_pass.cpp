// Finds rules that can never apply: their condition can't hold, or a rule above always ends the list.
#include "acl/passes.hpp"

namespace shunt::acl {
namespace {

void drop_unreachable(DraftList& list, const Draft& draft) {
  std::optional<std::uint32_t> end;
  for (std::uint32_t i = 0; i < list.rules.size(); ++i) {
    DraftRule& rule = list.rules[i];
    const auto constant = draft.constant(rule.condition);
    if (end)
      rule.unreachable = {i, Unreachable::Why::behind, *end};
    else if (constant && !*constant)
      rule.unreachable = {i, Unreachable::Why::never, 0};
    else if (constant && rule.final)
      end = i;
  }
}

}  // namespace

void drop_unreachable(Draft& draft) {
  for (DraftList& list : draft.lists) drop_unreachable(list, draft);
}

}  // namespace shunt::acl
