// What every text that a regular expression matches must contain.
#pragma once
#include <string>
#include <string_view>

namespace shunt::acl {

// The longest text, in lower case, that occurs (in any case) in whatever the expression matches. Empty where
// none is certain; never wrong, often shorter than it could be.
[[nodiscard]] std::string required_literal(std::string_view expression);

}  // namespace shunt::acl
