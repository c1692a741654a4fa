// What the picture and the page have in common.
#pragma once
#include <string>

#include "analysis/drawing/layout.hpp"

namespace shunt::analysis::drawing {

// The elements of an SVG picture, without the element around them and without a style.
[[nodiscard]] std::string shapes(const Sheet& sheet, const Frames& frames, const Layout& layout);

}  // namespace shunt::analysis::drawing
