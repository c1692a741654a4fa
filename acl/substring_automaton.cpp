// Builds the automaton: the tree of all needles level by level, then the edges for what does not fit.
#include "acl/substring_automaton.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace shunt::acl {

class SubstringAutomaton::Builder {
 public:
  Builder(SubstringAutomaton& automaton, const std::vector<std::string>& needles)
      : automaton_(automaton), needles_(needles), order_(needles.size()) {
    std::iota(order_.begin(), order_.end(), 0u);
    std::ranges::sort(order_, [&](std::uint32_t a, std::uint32_t b) {
      return std::tie(needles_[a], a) < std::tie(needles_[b], b);
    });
  }

  void run(Answer answer) {
    add_node({0, static_cast<std::uint32_t>(order_.size()), 0}, 0);
    for (std::uint32_t node = 0; node < ranges_.size(); ++node) grow(node);
    automaton_.nodes_.push_back({.first_child = static_cast<std::uint32_t>(ranges_.size())});
    automaton_.nodes_.shrink_to_fit();
    automaton_.labels_.shrink_to_fit();
    link_root();
    if (answer == Answer::all) automaton_.shorter_.resize(automaton_.nodes_.size(), root);
    for (std::uint32_t node = 0; node < ranges_.size(); ++node) link_children(node, answer);
  }

 private:
  // The needles that begin with a node's text stand together in the order.
  struct Range {
    std::uint32_t begin, end, depth;
  };

  void add_node(Range range, unsigned char label) {
    ranges_.push_back(range);
    automaton_.nodes_.emplace_back();
    automaton_.labels_.push_back(label);
  }

  [[nodiscard]] const std::string& needle(std::uint32_t at) const { return needles_[order_[at]]; }

  void grow(std::uint32_t node) {
    automaton_.nodes_[node].first_child = static_cast<std::uint32_t>(ranges_.size());
    auto [at, end, depth] = ranges_[node];
    // Equal needles are sorted by number, so the first of them is the lowest.
    if (at < end && needle(at).size() == depth) automaton_.nodes_[node].needle = order_[at];
    while (at < end && needle(at).size() == depth) ++at;
    while (at < end) {
      const char label = needle(at)[depth];
      std::uint32_t next = at + 1;
      while (next < end && needle(next)[depth] == label) ++next;
      add_node({at, next, depth + 1}, static_cast<unsigned char>(label));
      at = next;
    }
  }

  void link_root() {
    automaton_.root_children_.fill(none);
    for (std::uint32_t at = automaton_.nodes_[root].first_child; at < automaton_.nodes_[root + 1].first_child;
         ++at)
      automaton_.root_children_[automaton_.labels_[at]] = at;
  }

  // Nodes with a lower number, which suffixes are, are complete already.
  void link_children(std::uint32_t node, Answer answer) {
    auto& nodes = automaton_.nodes_;
    for (std::uint32_t at = nodes[node].first_child; at < nodes[node + 1].first_child; ++at) {
      const std::uint32_t suffix =
          node == root ? root : automaton_.advance(nodes[node].fail, automaton_.labels_[at]);
      nodes[at].fail = suffix;
      if (answer == Answer::first)
        nodes[at].needle = std::min(nodes[at].needle, nodes[suffix].needle);
      else
        automaton_.shorter_[at] = nodes[suffix].needle != none ? suffix : automaton_.shorter_[suffix];
    }
  }

  SubstringAutomaton& automaton_;
  const std::vector<std::string>& needles_;
  std::vector<std::uint32_t> order_;
  std::vector<Range> ranges_;
};

SubstringAutomaton::SubstringAutomaton(const std::vector<std::string>& needles, bool ignore_case,
                                       Answer answer)
    : ignore_case_(ignore_case) {
  if (!needles.empty()) Builder(*this, needles).run(answer);
}

}  // namespace shunt::acl
