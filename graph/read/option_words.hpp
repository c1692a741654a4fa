// Options in any order before a condition, as rules, replies and checks have them: "status 403 hdr a b if x".
#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "graph/read/reading.hpp"

namespace shunt::graph {

struct OptionWords {
  const Row* row = nullptr;
  std::span<const parser::Word> arguments = {};
  parser::Span span = {};
};

struct OptionList {
  std::vector<OptionWords> all = {};
  std::span<const parser::Word> rest = {};  // what is no option of the family
  bool sound = true;                        // false: a fault was reported

  // The last one of that name; null when there is none.
  [[nodiscard]] const OptionWords* find(std::string_view name) const;
};

// Reads options of `family` from the front of the words until one is not in it.
[[nodiscard]] OptionList read_options(const Reading& reading, const Family& family,
                                      std::span<const parser::Word> words);
// The same, but a word that is no option is a fault, except `if` and `unless` where a condition may follow.
[[nodiscard]] OptionList read_only_options(const Reading& reading, const Family& family,
                                           std::span<const parser::Word> words, bool condition_follows);

}  // namespace shunt::graph
