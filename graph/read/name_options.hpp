// What a server's line says of its name, in one text:
// "libc,none;prefer=ipv4;opts=allow-dup-ip;net=10.0.0.0/8". The first part is that of init-addr.
#pragma once
#include <string>
#include <string_view>

namespace shunt::graph::name_options {

inline constexpr std::string_view initially = "", prefer = "prefer", options = "opts", networks = "net";

// The part with that key; empty without it.
[[nodiscard]] std::string_view part(std::string_view text, std::string_view key);
// The text with that part in the place of what it had.
[[nodiscard]] std::string with_part(std::string_view text, std::string_view key, std::string_view value);

}  // namespace shunt::graph::name_options
