// Places for the boxes of a drawing, by the Graphviz library.
#pragma once
#include <string>

#include "analysis/drawing/layout.hpp"
#include "parser/result.hpp"

namespace shunt::cli {

struct LayoutError {
  std::string message;
};

// From left to right. The error says what Graphviz lacks.
[[nodiscard]] Result<analysis::drawing::Layout, LayoutError> lay_out(const analysis::drawing::Sheet& sheet,
                                                                     const analysis::drawing::Frames& frames);

}  // namespace shunt::cli
