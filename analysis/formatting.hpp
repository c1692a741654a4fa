// The layout of a configuration file: indentation and columns. Words and comments stay as they are written.
#pragma once
#include <string>
#include <string_view>

namespace shunt::analysis {

// Section heads at the margin, their lines 4 blanks in, one blank between words; lines with the same keyword
// that follow one another get columns. Comments and directives stand as deep as the line below them. The text
// must be lexically sound (no open quotes); line ends stay what they are.
[[nodiscard]] std::string formatted(std::string_view text);

}  // namespace shunt::analysis
