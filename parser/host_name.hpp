// What this machine is called, and this process among peers.
#pragma once
#include <string>
#include <string_view>

namespace shunt::parser {

[[nodiscard]] std::string host_name();  // empty where it doesn't say

// In the environment: the command line's name or the host's, until `localpeer` gives another.
inline constexpr std::string_view local_peer_variable = "HAPROXY_LOCALPEER";

}  // namespace shunt::parser
