// The table of optimisations in the order in which they run.
#include "acl/passes.hpp"

#include <array>

namespace shunt::acl {
namespace {

struct PassRow {
  std::string_view name;
  bool Optimisations::* enabled;
  void (*run)(Draft& draft);
};
constexpr std::array rows{
    PassRow{"fold_constants", &Optimisations::fold_constants, fold_constants},
    PassRow{"drop_unreachable", &Optimisations::drop_unreachable, drop_unreachable},
    PassRow{"share_values", &Optimisations::share_values, share_values},
    PassRow{"ladders", &Optimisations::ladders, build_ladders},
    PassRow{"drop_shadowed", &Optimisations::drop_shadowed, drop_shadowed},
};

}  // namespace

void run_passes(Draft& draft, const Optimisations& optimisations, std::vector<PassText>* texts) {
  if (texts != nullptr) texts->push_back({"written", dump(draft)});
  for (const PassRow& row : rows) {
    if (!(optimisations.*row.enabled)) continue;
    row.run(draft);
    if (texts != nullptr) texts->push_back({row.name, dump(draft)});
  }
}

}  // namespace shunt::acl
