// Overlapping intervals with priorities, cut into disjoint segments: one binary search finds the best one.
#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>
#include <queue>
#include <vector>

namespace shunt::acl {

// Key: integers of 32, 64 or 128 bits.
template <class Key>
class IntervalIndex {
 public:
  static constexpr std::uint32_t none = 0xffffffff;

  struct Interval {
    Key low;  // both ends belong to it
    Key high;
    std::uint32_t rank = 0;  // the lowest rank wins, then the lowest entry
    std::uint32_t entry = 0;
  };

  IntervalIndex() = default;
  // `last`: the greatest key there is.
  IntervalIndex(std::vector<Interval> intervals, Key last) {
    std::ranges::sort(intervals, {}, &Interval::low);
    std::priority_queue<Interval, std::vector<Interval>, Worse> open;
    auto next = intervals.begin();
    for (const Key& bound : bounds(intervals, last)) {
      for (; next != intervals.end() && next->low == bound; ++next) open.push(*next);
      while (!open.empty() && open.top().high < bound) open.pop();
      append(bound, open.empty() ? none : open.top().entry);
    }
  }

  [[nodiscard]] std::uint32_t find(Key key) const {
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), key);
    return after == starts_.begin() ? none : entries_[static_cast<std::size_t>(after - starts_.begin()) - 1];
  }

  [[nodiscard]] std::size_t bytes() const {
    return starts_.size() * sizeof(Key) + entries_.size() * sizeof(std::uint32_t);
  }

 private:
  struct Worse {
    bool operator()(const Interval& a, const Interval& b) const {
      return a.rank != b.rank ? a.rank > b.rank : a.entry > b.entry;
    }
  };

  // Every key at which the answer may change.
  static std::vector<Key> bounds(const std::vector<Interval>& intervals, Key last) {
    std::vector<Key> all;
    all.reserve(intervals.size() * 2);
    for (const Interval& interval : intervals) {
      all.push_back(interval.low);
      if (interval.high != last) all.push_back(interval.high + 1);
    }
    std::ranges::sort(all);
    all.erase(std::ranges::unique(all).begin(), all.end());
    return all;
  }

  void append(Key start, std::uint32_t entry) {
    if (!entries_.empty() && entries_.back() == entry) return;
    starts_.push_back(start);
    entries_.push_back(entry);
  }

  std::vector<Key> starts_;
  std::vector<std::uint32_t> entries_;
};

}  // namespace shunt::acl
