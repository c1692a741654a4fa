// What a fetch or converter asks that lives in a higher room: maps (pattern sets with values) and ACLs.
#pragma once
#include "fetchers/rows.hpp"

namespace shunt::fetchers {

// Named by the first argument (ArgumentValue::lookup), made and owned by who compiles the rules. A converter
// finds its input in `sample`, already of its row's type, and leaves its result there.
class Lookup {
 public:
  Lookup() = default;
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;
  virtual ~Lookup() = default;

  [[nodiscard]] virtual Fetched answer(Context& context, Arguments arguments, Sample& sample) const = 0;
};

}  // namespace shunt::fetchers
