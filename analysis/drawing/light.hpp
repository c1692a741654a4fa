// The way of one connection through a drawing: what it met, and what came of it there.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analysis/drawing/model.hpp"
#include "analysis/explanation_text.hpp"

namespace shunt::analysis::drawing {

// `passed`: a rule that was asked and did not apply. `taken`: the connection went this way.
enum class Glow : std::uint8_t { none, passed, taken };

struct Light {
  struct Spot {
    std::uint32_t node = nothing, row = nothing;  // row nothing: the node itself
    friend auto operator<=>(const Spot&, const Spot&) = default;
  };
  std::map<Spot, Glow> spots;
  std::string title = {};  // how it ended
  std::string story = {};  // what happened, for people; several lines

  [[nodiscard]] Glow at(std::uint32_t node, std::uint32_t row = nothing) const {
    const auto found = spots.find({node, row});
    return found == spots.end() ? Glow::none : found->second;
  }
  // The strongest glow stays.
  void add(std::uint32_t node, std::uint32_t row, Glow glow) {
    if (node == nothing) return;
    Glow& here = spots[{node, row}];
    if (glow > here) here = glow;
  }
  [[nodiscard]] bool empty() const { return spots.empty(); }
};

// What an explanation tells, on the drawing (or a part of it) of the same graph.
[[nodiscard]] Light light_of(const Explanation& explanation, const ExplanationNames& names,
                             const Drawing& drawing);

}  // namespace shunt::analysis::drawing
