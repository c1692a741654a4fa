// Lines that stand twice: which settings keep their first value, and what is said of it.
#pragma once
#include <map>
#include <string_view>
#include <utility>

#include "graph/config.hpp"

namespace shunt::graph {

struct Reading;

// Where a setting was first said, by section; all `global` sections are one (null).
using Said = std::map<std::pair<const config::Proxy*, std::string_view>, parser::Span>;

// Looks at Row::repeat. False: the line is not to be lowered, because an earlier one holds or it is an error.
[[nodiscard]] bool may_stand_again(Reading& reading);

}  // namespace shunt::graph
