// The checks that speak one protocol, as scripts of the same words that tcp-check lines have.
#pragma once
#include <span>
#include <string_view>

#include "graph/link/check_steps.hpp"

namespace shunt::graph {

// `option`: "redis-check" and the like; `words`: what stands behind it. False: there is no such script.
[[nodiscard]] bool add_script(CheckSteps& steps, std::string_view option,
                              std::span<const parser::Word> words);
// What `option httpchk` says of the request, in the place of what was said before.
void apply_httpchk(CheckRequest& request, std::span<const parser::Word> words);

}  // namespace shunt::graph
