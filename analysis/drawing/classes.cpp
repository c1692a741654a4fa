// Colour refinement: a node's next colour is its colour and the set of its neighbours' colours.
#include "analysis/drawing/classes.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

namespace shunt::analysis::drawing {
namespace {

using Colours = std::vector<std::uint32_t>;

template <class Key>
Colours numbered(const std::vector<Key>& keys) {
  std::map<Key, std::uint32_t> numbers;
  Colours colours;
  colours.reserve(keys.size());
  for (const Key& key : keys)
    colours.push_back(numbers.emplace(key, static_cast<std::uint32_t>(numbers.size())).first->second);
  return colours;
}

// How many rows there are of a part is no difference, whether there are any is.
std::string look_of(const Node& node) {
  std::string look;
  for (const std::string& tag : node.tags) look += tag + '\n';
  bool parts[part_count] = {};
  for (const Row& row : node.rows) parts[static_cast<std::size_t>(row.part)] = true;
  for (const bool part : parts) look += part ? '1' : '0';
  return look;
}

Colours first_colours(const Drawing& drawing, const std::vector<bool>& apart, bool looks) {
  using Key = std::tuple<Kind, bool, std::uint32_t, std::string>;
  std::vector<Key> keys;
  keys.reserve(drawing.nodes.size());
  for (std::uint32_t i = 0; i < drawing.nodes.size(); ++i) {
    const Node& node = drawing.nodes[i];
    keys.emplace_back(node.kind, looks && node.disabled, apart[i] ? i : nothing,
                      looks ? look_of(node) : std::string());
  }
  return numbered(keys);
}

// Direction, way, part of the row, the neighbour's colour.
using Neighbour = std::tuple<bool, Way, std::uint8_t, std::uint32_t>;

Colours refined(const Drawing& drawing, const Colours& colours) {
  std::vector<std::pair<std::uint32_t, std::vector<Neighbour>>> keys(colours.size());
  for (std::size_t i = 0; i < colours.size(); ++i) keys[i].first = colours[i];
  for (const Edge& edge : drawing.edges) {
    const std::uint8_t part = edge.row == nothing
                                  ? std::uint8_t{part_count}
                                  : static_cast<std::uint8_t>(drawing.nodes[edge.from].rows[edge.row].part);
    keys[edge.from].second.emplace_back(true, edge.way, part, colours[edge.to]);
    keys[edge.to].second.emplace_back(false, edge.way, part, colours[edge.from]);
  }
  for (auto& [own, neighbours] : keys) {
    std::ranges::sort(neighbours);
    neighbours.erase(std::unique(neighbours.begin(), neighbours.end()), neighbours.end());
  }
  return numbered(keys);
}

}  // namespace

std::vector<std::uint32_t> classes_of(const Drawing& drawing, const std::vector<bool>& apart,
                                      Likeness likeness) {
  Colours colours = first_colours(drawing, apart, likeness.looks);
  for (unsigned round = 0; round < likeness.rounds; ++round) colours = refined(drawing, colours);
  return colours;
}

}  // namespace shunt::analysis::drawing
