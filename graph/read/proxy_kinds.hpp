// Kinds of arguments of proxy lines.
#pragma once
#include <cstddef>
#include <span>
#include <string_view>

#include "graph/read/reading.hpp"

namespace shunt::graph::kinds {

// ADDRESS[/MASK] of `option forwardfor except`: IPv4 or IPv6, or a host name.
std::size_t network(Reading& reading, std::span<const parser::Word> words, std::string_view parameters);

}  // namespace shunt::graph::kinds
