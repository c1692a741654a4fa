// What a map converter runs: finds the entry that matches and yields its value.
#pragma once
#include "acl/map_values.hpp"
#include "acl/pattern_slot.hpp"
#include "fetchers/lookup.hpp"

namespace shunt::acl {

class MapLookup final : public fetchers::Lookup {
 public:
  // `otherwise`: what it yields where nothing matches, of the output's type.
  MapLookup(const PatternSlot& slot, MapOutput output, std::optional<fetchers::Sample> otherwise,
            std::string otherwise_text);

  [[nodiscard]] fetchers::Fetched answer(fetchers::Context& context, fetchers::Arguments arguments,
                                         fetchers::Sample& sample) const override;

 private:
  const PatternSlot& slot_;
  MapOutput output_;
  std::optional<fetchers::Sample> otherwise_;
  std::string otherwise_text_;  // what a default text points at
};

}  // namespace shunt::acl
