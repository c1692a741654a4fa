// Finds, among the conditions of earlier rules, one that holds whenever a given one does; by hash and length,
// so that a list of 10,000 rules takes no 10,000 x 10,000 comparisons.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

#include "analysis/lint/values.hpp"

namespace shunt::analysis::model {

class CoverIndex {
 public:
  // `rule` is what find() answers. The conjunction isn't empty and outlives the index.
  void add(const Conjunction& all, std::uint32_t rule);
  // Rules that together hold whenever `all` does; the first of them. nullopt: none are known.
  [[nodiscard]] std::optional<std::uint32_t> find(const Conjunction& all) const;
  void clear();

 private:
  struct Entry {
    const Conjunction* all = nullptr;
    std::size_t pivot = 0;  // the term that it was found by
    std::uint32_t rule = 0;
  };
  using Entries = std::vector<std::uint32_t>;
  // Of one expression and match method; folded texts, what differs in case is sorted out later.
  struct Texts {
    std::unordered_map<std::string, Entries> by_text;
    std::vector<std::size_t> lengths;  // that occur, sorted
  };
  struct Group {
    std::unordered_map<MatchMethod, Texts> texts;
    std::unordered_map<std::string, Entries> networks;  // "4/24/address"
    std::vector<int> prefixes[2];                       // lengths of IPv4 and IPv6 networks that occur
    Entries others;                                     // found, bool, numbers, sub
  };
  class Search;

  void add_pattern(Group& group, const Test& test, const Pattern& pattern, std::uint32_t entry);

  std::deque<Entry> entries_;
  std::unordered_map<std::string, Group> groups_;    // by expression
  std::unordered_map<const Acl*, Entries> same_[2];  // by ACL, plain and negated
};

}  // namespace shunt::analysis::model
