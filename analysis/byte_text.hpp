// Bytes as text that a command line can carry: printable ASCII, the rest as \r, \n, \t, \\ and \xNN.
#pragma once
#include <string>
#include <string_view>

#include "parser/result.hpp"

namespace shunt::analysis {

// What is wrong with a text that describes something, as a sentence.
struct TextError {
  std::string message;
};

// The error says what is wrong with the escape.
[[nodiscard]] Result<std::string, TextError> decode_bytes(std::string_view text);
// decode_bytes(encode_bytes(x)) is x.
[[nodiscard]] std::string encode_bytes(std::string_view bytes);

[[nodiscard]] Result<std::string, TextError> decode_hex(std::string_view digits);
[[nodiscard]] std::string encode_hex(std::string_view bytes);

}  // namespace shunt::analysis
