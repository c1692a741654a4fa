// Reading words once more that the syntax of their line has judged already.
#pragma once
#include "graph/read/reading.hpp"

namespace shunt::graph {

// What `read` makes of them; what it finds is told to nobody.
template <class Read>
auto read_quietly(Reading& reading, const Read& read) {
  parser::DiagnosticSink judged;
  ReadState silent{.config = reading.state.config,
                   .sink = judged,
                   .ignored = reading.state.ignored,
                   .target = reading.state.target,
                   .paths = reading.state.paths,
                   .certificates = reading.state.certificates,
                   .environment = reading.state.environment};
  Reading quiet{.state = silent};
  quiet.keyword = reading.keyword;
  return read(quiet);
}

}  // namespace shunt::graph
