// Text from files made harmless for each format that it is written into.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace shunt::analysis::drawing {

// Valid UTF-8 without control characters and without those that change the direction of writing: what is
// neither is shown as \xNN.
[[nodiscard]] std::string plain(std::string_view text);

// Each of these makes its text plain first.
[[nodiscard]] std::string for_xml(std::string_view text);      // content and attributes of HTML and SVG
[[nodiscard]] std::string for_dot(std::string_view text);      // between double quotes
[[nodiscard]] std::string for_mermaid(std::string_view text);  // between double quotes

// JSON that may stand in a <script> element.
[[nodiscard]] std::string for_script(std::string_view json);

// How many columns a plain text takes in a font of fixed width; wide characters take two.
[[nodiscard]] std::size_t columns(std::string_view text);
// At most so many columns; what is too long ends in "…".
[[nodiscard]] std::string clipped(std::string_view text, std::size_t most);

}  // namespace shunt::analysis::drawing
