// The formats of a drawing.
#pragma once
#include <string>

#include "analysis/drawing/layout.hpp"
#include "analysis/drawing/sheet.hpp"

namespace shunt::analysis::drawing {

// The language of Graphviz; `dot -Tsvg` makes a picture of it.
[[nodiscard]] std::string dot(const Sheet& sheet);

// A flowchart, for Markdown on the web.
[[nodiscard]] std::string mermaid(const Sheet& sheet);

// A picture that follows the light or dark theme of who looks at it.
[[nodiscard]] std::string svg(const Sheet& sheet, const Frames& frames, const Layout& layout);

// One page without any other file: the picture, and all that the drawing knows beside it.
[[nodiscard]] std::string html(const Drawing& drawing, const Sheet& sheet, const Light& light,
                               const Frames& frames, const Layout& layout);

}  // namespace shunt::analysis::drawing
