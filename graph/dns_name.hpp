// Names of hosts as name servers are asked for them.
#pragma once
#include <string>
#include <string_view>

#include "parser/ascii.hpp"

namespace shunt::graph {

// As such names are compared, too: in lower case, without the dot at the end.
[[nodiscard]] inline std::string canonical_name(std::string_view name) {
  if (name.size() > 1 && name.ends_with('.')) name.remove_suffix(1);
  return parser::ascii::lowered(name);
}

}  // namespace shunt::graph
