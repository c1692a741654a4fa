// Base64 and its variant for URLs (RFC 4648), as HAProxy reads and writes them.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "fetchers/sample.hpp"

namespace shunt::fetchers {

enum class Base64 : std::uint8_t { standard, url };

// Standard: padded with '='; for URLs: without padding.
[[nodiscard]] std::string_view base64_encode(std::string_view bytes, Base64 kind, Scratch& scratch);
// nullopt: other characters, or a size that no encoding has.
[[nodiscard]] std::optional<std::string_view> base64_decode(std::string_view text, Base64 kind,
                                                            Scratch& scratch);
// The same while a file is read.
[[nodiscard]] std::optional<std::string> base64_bytes(std::string_view text);

}  // namespace shunt::fetchers
