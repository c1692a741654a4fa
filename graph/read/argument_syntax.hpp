// The small language in which rows say what follows their name, and the check of words against it.
//
//   <time>            a typed argument (graph/read/argument_kinds.cpp lists the kinds)
//   <number 1..255>   with the kind's parameters
//   len               a literal word; `on|off` one of several; `word@3.0` is known since HAProxy 3.0
//   [ ... ]           optional; it begins when its first word fits
//   { a | b <x> }     exactly one of the alternatives, chosen by its first word
//   item...           one or more times; `[ item ]...` any number of times
//
// Reading never goes back: the first word decides. Words left over are an error unless the row has
// parameters.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "graph/read/reading.hpp"

namespace shunt::graph {

// Checks reading.arguments against `syntax`; what it doesn't take goes to reading.rest. False: reported.
bool check_syntax(Reading& reading, std::string_view syntax);

// Whether the text is well-formed in that language and all its kinds exist; the fault otherwise (for tests).
[[nodiscard]] std::string syntax_fault(std::string_view syntax);

// ---- kinds
// ----------------------------------------------------------------------------------------------------------

// Checks the word(s) at the front and returns how many were taken; 0: reported.
using KindCheck = std::size_t (*)(Reading& reading, std::span<const parser::Word> words,
                                  std::string_view parameters);
struct ArgumentKind {
  std::string_view name;
  std::string_view title;  // "a time such as 10s", for messages
  KindCheck check;
  bool (*begins)(const parser::Word& word) = nullptr;  // whether an optional one is there; null: always
};

[[nodiscard]] const ArgumentKind* find_argument_kind(std::string_view name);
[[nodiscard]] std::span<const ArgumentKind> argument_kinds();

}  // namespace shunt::graph
