// A line of a configuration cut into words as they are written: quotes, escapes and variables stay.
#pragma once
#include <string_view>
#include <vector>

namespace shunt::analysis {

struct RawLine {
  bool indented = false;
  std::vector<std::string_view> words;
  std::string_view comment = {};   // from '#' on
  std::string_view line_end = {};  // "\n", "\r\n", or nothing at the end of the file
};

// `line` with its end.
[[nodiscard]] RawLine split_raw(std::string_view line);

}  // namespace shunt::analysis
