// Compiled regular expressions; the only place of this room that knows PCRE2.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "acl/pattern_error.hpp"
#include "parser/result.hpp"

namespace shunt::acl {

// What the whole expression (0) and its groups matched, as offsets; a group that took no part is empty.
struct Groups {
  struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  std::array<Range, 10> ranges = {};

  [[nodiscard]] std::string_view text(std::size_t group, std::string_view whole) const {
    return whole.substr(ranges[group].begin, ranges[group].end - ranges[group].begin);
  }
};

// Immutable; may be matched by several threads at once. Copies share the code.
class Regex {
 public:
  // The error is "missing closing parenthesis, erroffset=2".
  [[nodiscard]] static Result<Regex, PatternError> compile(std::string_view pattern, bool ignore_case);
  // Unanchored. An expression that exceeds PCRE2's limits does not match.
  [[nodiscard]] bool matches(std::string_view text) const;
  [[nodiscard]] bool match(std::string_view text, Groups& groups) const;

 private:
  struct Code;
  explicit Regex(std::shared_ptr<const Code> code) : code_(std::move(code)) {}
  std::shared_ptr<const Code> code_;
};

}  // namespace shunt::acl
