// The names that the tables know, in the form of HAProxy's `-dK`.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "graph/target.hpp"

namespace shunt::analysis {

// `classes`: "all", "help" or names such as "smp,cnv"; for a HAProxy target only what that version knows.
// Nothing if one of the classes does not exist; `help` names them.
[[nodiscard]] std::optional<std::string> registered_keywords(std::string_view classes, graph::Target target);

}  // namespace shunt::analysis
