// From a graph to what threads need of it besides sockets: state, certificates made ready, first values.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "parser/result.hpp"
#include "runtime/generation.hpp"
#include "runtime/worker.hpp"

namespace shunt::runtime {

struct GenerationFault {
  std::string message;
  // Whose certificates OpenSSL refused: one of the two.
  std::optional<graph::ListenerId> listener = {};
  std::optional<graph::ServerId> server = {};
};

// `before`: the generation whose state goes on, if any; State::install() is to follow then.
[[nodiscard]] Result<std::shared_ptr<Generation>, GenerationFault> make_generation(
    std::shared_ptr<const graph::Graph> graph, const Generation* before, const ProcessCounters& counters,
    std::uint32_t threads);

}  // namespace shunt::runtime
