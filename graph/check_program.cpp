// Texts of checks as bytes.
#include "graph/check_program.hpp"

#include "parser/ascii.hpp"

namespace shunt::graph {

bool decode_hex(std::string_view text, std::string& out) {
  if (text.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = parser::ascii::hex_value(text[i]), low = parser::ascii::hex_value(text[i + 1]);
    if (high < 0 || low < 0) return false;
    out += static_cast<char>(high * 16 + low);
  }
  return true;
}

}  // namespace shunt::graph
