// `show peers [dict|-] [SECTION]` on a statistics socket, in HAProxy's form.
#pragma once
#include <optional>
#include <span>
#include <string>

#include "runtime/peers/peers_service.hpp"

namespace shunt::runtime {

// nullopt: it is another command.
[[nodiscard]] std::optional<std::string> answer_peers_command(std::span<const std::string> words,
                                                              const PeersService& peers);

}  // namespace shunt::runtime
