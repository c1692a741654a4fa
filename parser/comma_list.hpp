// Lists of parts between commas.
#pragma once
#include <cstddef>
#include <string_view>

#include "parser/ascii.hpp"

namespace shunt::parser {

// Asks about each part, without the blanks around it, until one passes. An empty list has one empty part.
template <class Test>
[[nodiscard]] bool any_part(std::string_view list, const Test& test) {
  for (;;) {
    const std::size_t comma = list.find(',');
    if (test(ascii::trimmed(list.substr(0, comma)))) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace shunt::parser
