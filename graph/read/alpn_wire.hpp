// Names of protocols as TLS sends them.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace shunt::graph {

// "h2,http/1.1" as length-prefixed names, empty ones left out; nullopt: a name is longer than 255 bytes.
[[nodiscard]] std::optional<std::string> alpn_wire(std::string_view list);

}  // namespace shunt::graph
