// The automaton of Aho and Corasick: one pass over a text finds all needles in it.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "acl/fold.hpp"

namespace shunt::acl {

// Nodes are numbered breadth first, so the children of one stand side by side: a node is known by where its
// first child is, and by one byte.
class SubstringAutomaton {
 public:
  static constexpr std::uint32_t none = 0xffffffff;
  enum class Answer : std::uint8_t {
    first,  // find_first() is asked
    all,    // visit() is asked
  };

  SubstringAutomaton() = default;
  // Needles are numbered in their order. Where case is ignored they are folded, and texts need not be.
  SubstringAutomaton(const std::vector<std::string>& needles, bool ignore_case, Answer answer);

  // The lowest number of the needles that occur in the text, or none.
  [[nodiscard]] std::uint32_t find_first(std::string_view text) const {
    std::uint32_t best = nodes_.empty() ? none : nodes_[root].needle;
    walk(text, [&](std::uint32_t node) {
      best = std::min(best, nodes_[node].needle);
      return best != 0;
    });
    return best;
  }

  // Calls found(number) for each place where a needle ends; of equal needles only the first is known.
  template <class Found>
  void visit(std::string_view text, const Found& found) const {
    walk(text, [&](std::uint32_t node) {
      for (; node != root; node = shorter_[node])
        if (nodes_[node].needle != none) found(nodes_[node].needle);
      return true;
    });
  }

  [[nodiscard]] std::size_t bytes() const {
    return nodes_.capacity() * sizeof(Node) + labels_.capacity() +
           shorter_.capacity() * sizeof(std::uint32_t);
  }

 private:
  static constexpr std::uint32_t root = 0;

  struct Node {
    std::uint32_t first_child = 0;  // the next node's first child ends the children
    std::uint32_t fail = root;      // the node of the longest proper suffix
    std::uint32_t needle = none;    // first: the lowest that ends here; all: the one that is this node's text
  };
  class Builder;

  [[nodiscard]] std::uint32_t child(std::uint32_t node, unsigned char byte) const {
    if (node == root) return root_children_[byte];
    for (std::uint32_t at = nodes_[node].first_child; at < nodes_[node + 1].first_child; ++at)
      if (labels_[at] == byte) return at;
    return none;
  }

  [[nodiscard]] std::uint32_t advance(std::uint32_t node, unsigned char byte) const {
    for (;; node = nodes_[node].fail) {
      const std::uint32_t next = child(node, byte);
      if (next != none) return next;
      if (node == root) return root;
    }
  }

  // See(node) for each byte; it returns false to end the walk.
  template <class See>
  void walk(std::string_view text, const See& see) const {
    if (nodes_.empty()) return;
    std::uint32_t node = root;
    for (const char c : text) {
      node = advance(node, static_cast<unsigned char>(ignore_case_ ? fold(c) : c));
      if (node != root && !see(node)) return;
    }
  }

  bool ignore_case_ = false;
  std::vector<Node> nodes_;
  std::vector<unsigned char> labels_;  // of the edge that leads to each node
  std::vector<std::uint32_t>
      shorter_;  // all: the node of the longest proper suffix that is a needle, or root
  std::array<std::uint32_t, 256> root_children_ = {};
};

}  // namespace shunt::acl
