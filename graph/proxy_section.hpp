// From a proxy back to what was written.
#pragma once
#include <algorithm>

#include "graph/config.hpp"

namespace shunt::graph::config {

// The section that a proxy was read from; null: none of this file.
[[nodiscard]] inline const parser::Section* section_of(const Config& config, const Proxy& proxy) {
  const auto found = std::ranges::find_if(config.syntax.sections, [&](const parser::Section& section) {
    return section.head.span == proxy.span;
  });
  return found == config.syntax.sections.end() ? nullptr : &*found;
}

}  // namespace shunt::graph::config
