// Criteria of `acl` lines that are short for a fetch with a match method ("path_beg"), and the predefined
// ACLs.
#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "acl/pattern_set.hpp"

namespace shunt::acl {

struct AliasRow {
  std::string_view name;
  std::string_view fetch;
  MatchMethod method = MatchMethod::str;
  bool dotted = false;  // integer patterns are TLS versions
};
[[nodiscard]] std::span<const AliasRow> alias_rows();  // sorted by name
[[nodiscard]] const AliasRow* find_alias(std::string_view name);

// ACLs that every scope knows without definition, as an `acl` line would say them.
struct PredefinedRow {
  std::string_view name;
  std::string_view text;  // criterion and patterns, divided by single blanks
  std::string_view since = {};
};
[[nodiscard]] std::span<const PredefinedRow> predefined_rows();  // sorted by name
[[nodiscard]] const PredefinedRow* find_predefined(std::string_view name);

}  // namespace shunt::acl
