// Arguments of fetches and converters as text.
#pragma once
#include <string>

#include "fetchers/rows.hpp"

namespace shunt::analysis {

// "(string,integer[,string])"; nothing when there are none. `[` opens before the first optional one.
[[nodiscard]] std::string signature(const fetchers::ArgumentSignature& arguments);

}  // namespace shunt::analysis
