// Which findings HAProxy comes to say: some errors end its reading, and the file as a whole is judged only
// when every line could be read.
#pragma once
#include "graph/config.hpp"
#include "parser/diagnostic.hpp"

namespace shunt::graph {

// Forgets the other ones; an error remains where there was one.
void drop_unreached(parser::DiagnosticSink& sink, const config::Config& config);

}  // namespace shunt::graph
