// The environment of the process as the file changes it: what `env()` and started programs see.
#pragma once
#include "parser/syntax.hpp"

namespace shunt::graph {

// Carries out setenv, presetenv, unsetenv and resetenv of the global sections, and what `localpeer` has made
// of the environment that was `read`. To be called before there are threads.
void export_environment(const parser::Syntax& syntax, const parser::Environment& read);

}  // namespace shunt::graph
