// Text from files and peers made harmless for a terminal.
#include <fmt/core.h>

#include <string>

#include "parser/printer.hpp"
#include "parser/utf8.hpp"

namespace shunt::parser {

std::string escape_for_terminal(std::string_view text) {
  std::string made;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = printable_size(text.substr(at));
    if (size == 0) {
      made += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[at]));
      ++at;
      continue;
    }
    made += text.substr(at, size);
    at += size;
  }
  return made;
}

}  // namespace shunt::parser
