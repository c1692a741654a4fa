// How dumps write text: between double quotes, with everything that is not printable ASCII escaped.
#pragma once
#include <string>
#include <string_view>

namespace shunt::parser {

// "a\"b\x0a"
[[nodiscard]] std::string quote_text(std::string_view text);

}  // namespace shunt::parser
