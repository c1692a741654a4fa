// Reads values of the Forwarded header (RFC 7239, 4 and 6).
#pragma once
#include <optional>
#include <string_view>

#include "fetchers/sample.hpp"

namespace shunt::fetchers {

// The value of a parameter ("for", "by", "host", "proto") of the first element that has it, without its
// quotes. nullopt: it isn't there, or what stands before it is not well formed.
[[nodiscard]] std::optional<std::string_view> forwarded_field(std::string_view header, std::string_view name);
// Whether every element has only these parameters, each once at most and with a value of its kind.
[[nodiscard]] bool is_forwarded(std::string_view header, Scratch& scratch);

// "192.0.2.1:80", "[2001:db8::1]:80", "unknown", "_name:_port".
struct ForwardedNode {
  Sample name;                      // an address, or text
  std::optional<Sample> port = {};  // an integer, or text
};
[[nodiscard]] std::optional<ForwardedNode> read_node(std::string_view text, Scratch& scratch);

}  // namespace shunt::fetchers
