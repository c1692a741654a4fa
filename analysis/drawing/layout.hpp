// Sizes and places of what is on a sheet, in pixels; the places come from outside (the Graphviz library).
#pragma once
#include <vector>

#include "analysis/drawing/sheet.hpp"

namespace shunt::analysis::drawing {

struct Point {
  double x = 0, y = 0;
};

// A box before it has a place; heights count from its top.
struct Frame {
  double width = 0, height = 0;
  double head = 0;                   // the middle of the head
  double tags = 0;                   // the base line of the tags; 0: there are none
  std::vector<double> lines = {};    // the base line of each
  std::vector<double> middles = {};  // where arrows leave
};
using Frames = std::vector<Frame>;

struct Layout {
  double width = 0, height = 0;
  std::vector<Point> boxes = {};  // upper left corners
  std::vector<std::vector<Point>> arrows =
      {};  // 1 + 3 n points of a Bézier curve; empty: it could not be drawn
};

[[nodiscard]] Frames frames_of(const Sheet& sheet);

// What is written of a line, clipped to the width of its box.
struct Fitted {
  std::string text, target;
};
[[nodiscard]] Fitted fitted(const BoxLine& line);

}  // namespace shunt::analysis::drawing
