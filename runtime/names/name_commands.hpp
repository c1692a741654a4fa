// The command of the statistics socket that is about name servers.
#pragma once
#include <optional>
#include <span>
#include <string>

#include "graph/resolvers.hpp"
#include "runtime/names/name_counters.hpp"

namespace shunt::runtime {

// `show resolvers [NAME]`, in HAProxy's form; nullopt: it is another command.
[[nodiscard]] std::optional<std::string> answer_name_command(std::span<const std::string> words,
                                                             std::span<const graph::Resolvers> sections,
                                                             const NameCounters& counters);

}  // namespace shunt::runtime
