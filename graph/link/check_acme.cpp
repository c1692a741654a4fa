// What an `acme` section needs from the rest of the file.
#include <fmt/core.h>

#include <algorithm>

#include "graph/link/linking.hpp"

namespace shunt::graph {
namespace {

bool mentions(const parser::Section& section, std::string_view name) {
  const auto in_line = [name](const parser::Line& line) {
    return std::ranges::any_of(line.words, [name](const parser::Word& word) {
      return word.value.find(name) != std::string_view::npos;
    });
  };
  return std::ranges::any_of(section.lines, in_line);
}

}  // namespace

// The tokens of challenges go to a map that a rule must answer from.
void check_acme(Linking& linking) {
  const auto& sections = linking.config.syntax.sections;
  for (const parser::Section& section : sections) {
    if (section.head.keyword().value != "acme") continue;
    for (const parser::Line& line : section.lines) {
      if (line.keyword().value != "map" || line.words.size() < 2) continue;
      const std::string_view map = line.words[1].value;
      const bool used = std::ranges::any_of(
          sections, [&](const auto& other) { return &other != &section && mentions(other, map); });
      if (used) continue;
      linking
          .report(codes::undefined_name, section.head.keyword().span,
                  fmt::format("the map '{}' of the acme section is used nowhere else", map))
          .notes.push_back({"it is named here", line.words[1].span});
    }
  }
}

}  // namespace shunt::graph
