// A graph without anything in it, for tests that fill in the few things they need.
#pragma once
#include "graph/graph.hpp"

namespace shunt::runtime {

inline graph::Graph empty_graph() {
  return graph::Graph{.global = {},
                      .proxies = {},
                      .listeners = {},
                      .servers = {},
                      .actions = {},
                      .switches = {},
                      .program = acl::ProgramBuilder().finish({}),
                      .backends_by_name = {},
                      .certificates = {}};
}

}  // namespace shunt::runtime
