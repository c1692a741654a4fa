// Conditions of `.if`, `.elif` and `-cc`: integers, predicates, `!`, `&&`, `||` and parentheses.
#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "parser/result.hpp"
#include "parser/syntax.hpp"

namespace shunt::parser {

// What the predicates are answered from.
struct DirectiveFacts {
  int language = 305;                               // 206: HAProxy 2.6; which predicates exist
  std::string_view version = "3.5.0";               // version_atleast, version_before
  std::span<const std::string_view> features = {};  // feature(NAME)
  std::span<const std::string_view> enabled = {};   // enabled(NAME): run-time options that are on
  std::string_view tls_library = {};                // ssllib_name_startswith
  std::string_view tls_version = {};                // openssl_version_atleast, openssl_version_before
  bool diagnostics = false;                         // -dD: `.diag` speaks
};

struct ConditionFault {
  std::string message;
  std::size_t at = 0;  // byte of the text
};

// The whole text is read before anything is evaluated, so a fault anywhere is a fault. Empty text is false.
[[nodiscard]] Result<bool, ConditionFault> evaluate_condition(std::string_view text,
                                                              const DirectiveFacts& facts,
                                                              const Environment& environment);

// Versions as `-v` shows them: "2.4-dev19" is before "2.4.0". Missing parts are zero. Negative, zero,
// positive.
[[nodiscard]] int compare_versions(std::string_view left, std::string_view right);

}  // namespace shunt::parser
