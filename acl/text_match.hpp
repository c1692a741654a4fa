// The comparisons of a text with one pattern, and the delimiters of `dir` and `dom`.
#pragma once
#include <string_view>

#include "acl/pattern_set.hpp"

namespace shunt::acl {

// Whether a byte separates the parts that `dir` (/ ?) or `dom` (/ ? . :) looks at.
[[nodiscard]] inline bool is_delimiter(MatchMethod method, char c) {
  return c == '/' || c == '?' || (method == MatchMethod::dom && (c == '.' || c == ':'));
}

// What is compared: folded where case is ignored; `dir` and `dom` drop leading and trailing delimiters.
[[nodiscard]] std::string_view trim_pattern(MatchMethod method, std::string_view pattern);

// HAProxy's tree of exact strings ends a text at its first NUL byte; with -i it walks a list and does not
// [seen].
[[nodiscard]] std::string_view visible_text(const PatternOptions& options, std::string_view text);

// One comparison by the method's definition. `pattern` is trimmed, and folded when case is ignored.
[[nodiscard]] bool text_matches(MatchMethod method, std::string_view text, std::string_view pattern,
                                bool ignore_case);

}  // namespace shunt::acl
