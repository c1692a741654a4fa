// From a graph to what threads need of it besides sockets: state, certificates made ready, first values.
#pragma once
#include <memory>
#include <string>

#include "parser/result.hpp"
#include "runtime/generation.hpp"
#include "runtime/worker.hpp"

namespace shunt::runtime {

struct GenerationFault {
  graph::ListenerId listener = 0;  // whose certificates OpenSSL refused
  std::string message;
};

// `before`: the generation whose state goes on, if any; State::install() is to follow then.
[[nodiscard]] Result<std::shared_ptr<Generation>, GenerationFault> make_generation(
    std::shared_ptr<const graph::Graph> graph, const Generation* before, const ProcessCounters& counters);

}  // namespace shunt::runtime
