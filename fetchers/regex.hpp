// Regular expressions among the arguments of converters.
#pragma once
#include <string>
#include <string_view>

namespace shunt::fetchers {

// Why the text is no regular expression; empty: it is one.
[[nodiscard]] std::string regex_fault(std::string_view text);

}  // namespace shunt::fetchers
