// Patterns of integer matches: numbers, ranges, and the operators that may stand before them.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "acl/pattern_error.hpp"
#include "parser/result.hpp"

namespace shunt::acl {

// Both ends belong to the range.
struct NumberRange {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

enum class NumberForm : std::uint8_t {
  plain,   // "5"
  dotted,  // "3.1": major * 65536 + minor, as TLS versions are written
};

// "N", "N:M", "N:", ":M"; a dash separates like a colon, so "-5" is ":5". The error is a whole sentence about
// `text`.
[[nodiscard]] Result<NumberRange, PatternError> parse_number_pattern(std::string_view text, NumberForm form);

enum class NumberOperator : std::uint8_t { eq, ge, gt, le, lt };
[[nodiscard]] std::optional<NumberOperator> find_operator(std::string_view word);  // "gt"

// The pattern that `op text` stands for: "gt 5" is "6:". Ranges stay as they are.
[[nodiscard]] Result<std::string, PatternError> apply_operator(NumberOperator op, std::string_view text,
                                                               NumberForm form);

}  // namespace shunt::acl
