// Optimal string alignment distance with a limit that grows with the word.
#include "parser/suggest.hpp"

#include <algorithm>
#include <vector>

#include "parser/ascii.hpp"

namespace shunt::parser {
namespace {

using ascii::lower;

// Insertions, deletions, replacements, and swaps of neighbours cost one each.
std::size_t distance(std::string_view from, std::string_view to) {
  const std::size_t width = to.size() + 1;
  std::vector<std::size_t> before(width), above(width), row(width);
  for (std::size_t j = 0; j < width; ++j) above[j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j < width; ++j) {
      const bool same = lower(from[i - 1]) == lower(to[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
      const bool swapped =
          i > 1 && j > 1 && lower(from[i - 1]) == lower(to[j - 2]) && lower(from[i - 2]) == lower(to[j - 1]);
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(above);
    above.swap(row);
  }
  return above[to.size()];
}

// One slip in three letters; a word of one or two letters is near to everything.
std::size_t limit(std::size_t size) { return size < 3 ? 0 : std::max<std::size_t>(1, size / 3); }

}  // namespace

std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> known) {
  constexpr std::size_t longest = 64;  // nobody misspells a longer word, but a file may hold one
  std::optional<std::string_view> best;
  if (word.size() > longest) return best;
  std::size_t best_distance = limit(word.size()) + 1;
  for (const std::string_view name : known) {
    const std::size_t apart =
        name.size() > word.size() ? name.size() - word.size() : word.size() - name.size();
    if (apart >= best_distance) continue;
    const std::size_t found = distance(word, name);
    if (found >= best_distance) continue;
    best = name;
    best_distance = found;
  }
  return best;
}

}  // namespace shunt::parser
