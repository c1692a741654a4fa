// Files with relative names, below the directory that `ca-base`, `crt-base` or `key-base` names.
#pragma once
#include <string>
#include <string_view>

#include "graph/config.hpp"

namespace shunt::graph {

// An empty base is none.
[[nodiscard]] inline std::string below(std::string_view base, std::string_view name) {
  std::string path(name);
  return base.empty() || name.starts_with('/') ? path : std::string(base) + '/' + path;
}

[[nodiscard]] inline std::string below(const config::Maybe<std::string>& base, std::string_view name) {
  return below(base ? std::string_view(base->value) : std::string_view(), name);
}

}  // namespace shunt::graph
