// Compiled regular expressions; the only place of this room that knows PCRE2.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "acl/pattern_error.hpp"
#include "parser/result.hpp"

namespace shunt::acl {

// Immutable; may be matched by several threads at once.
class Regex {
 public:
  // The error is "missing closing parenthesis, erroffset=2".
  [[nodiscard]] static Result<Regex, PatternError> compile(std::string_view pattern, bool ignore_case);
  // Unanchored. An expression that exceeds PCRE2's limits does not match.
  [[nodiscard]] bool matches(std::string_view text) const;

 private:
  struct Code;
  explicit Regex(std::shared_ptr<const Code> code) : code_(std::move(code)) {}
  std::shared_ptr<const Code> code_;
};

}  // namespace shunt::acl
