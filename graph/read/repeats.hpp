// Lines that stand twice: which settings keep their first value, which ones their last, which may not be
// repeated.
#pragma once
#include <map>
#include <string_view>

#include "parser/source.hpp"

namespace shunt::graph {

struct Reading;
struct Family;

// Where a setting was first said; settings that exclude each other share a name.
struct Said {
  std::map<std::string_view, parser::Span> in_global;
  std::map<std::string_view, parser::Span> in_section;
};

// False: the line is not to be lowered, because an earlier one holds. What is to be said is said.
[[nodiscard]] bool may_stand_again(Reading& reading, const Family& family);

}  // namespace shunt::graph
