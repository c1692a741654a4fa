// Which nodes of a drawing are alike: in what they are, and in where their ways come from and lead to.
#pragma once
#include <cstdint>
#include <vector>

#include "analysis/drawing/model.hpp"

namespace shunt::analysis::drawing {

// How much is asked for two nodes to be alike.
struct Likeness {
  unsigned rounds = 4;  // how far the ways from and to them are compared
  bool looks = true;    // whether their tags and the parts of their rows must be the same
};

// A number for each node; equal ones are alike. Nodes with `apart` set are like no other.
[[nodiscard]] std::vector<std::uint32_t> classes_of(const Drawing& drawing, const std::vector<bool>& apart,
                                                    Likeness likeness);

}  // namespace shunt::analysis::drawing
