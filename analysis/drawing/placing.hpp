// Findings at the rows and nodes that they are about.
#pragma once
#include <span>

#include "analysis/drawing/sections.hpp"

namespace shunt::analysis::drawing {

// A finding about a line that is no row belongs to the proxy that the line is in.
void place(Drawing& drawing, std::span<const parser::Diagnostic> findings, const parser::SourceSet& sources,
           const Sections& sections);

}  // namespace shunt::analysis::drawing
