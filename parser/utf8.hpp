// UTF-8 as a terminal shows it.
#pragma once
#include <cstddef>
#include <string_view>

namespace shunt::parser {

// Bytes of the character that the text begins with; 0 when it is a control character or not valid UTF-8.
[[nodiscard]] std::size_t printable_size(std::string_view text);

// Columns of a printable character: 0 for combining marks, 2 for wide ones.
[[nodiscard]] std::size_t display_width(std::string_view character);

}  // namespace shunt::parser
