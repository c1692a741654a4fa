// What this machine is called, and this process among peers.
#pragma once
#include <string>
#include <string_view>

namespace shunt::parser {

[[nodiscard]] std::string host_name();  // empty where it doesn't say

// In the environment: the name that `-L` gives, else what `localpeer` says, else the host's.
inline constexpr std::string_view local_peer_variable = "HAPROXY_LOCALPEER";

}  // namespace shunt::parser
