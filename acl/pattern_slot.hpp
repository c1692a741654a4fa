// A place of the program that holds the current version of a pattern set: readers never wait for a change.
#pragma once
#include <atomic>
#include <memory>
#include <vector>

#include "acl/map_values.hpp"
#include "acl/pattern_set.hpp"

namespace shunt::acl {

// What one set holds at one time. `values`: only of a map, one for each entry of the set.
struct PatternVersion {
  std::shared_ptr<const PatternSet> set;
  std::shared_ptr<const MapValues> values = {};
};

class PatternSlot {
 public:
  explicit PatternSlot(PatternVersion first) { replace(std::move(first)); }

  // Valid until reclaim() is called after the next replace(). Any thread.
  [[nodiscard]] const PatternVersion& current() const { return *current_.load(std::memory_order_acquire); }
  // Publishes a version; replaced ones stay readable. One caller at a time, off the data path.
  void replace(PatternVersion next) {
    versions_.push_back(std::make_unique<const PatternVersion>(std::move(next)));
    current_.store(versions_.back().get(), std::memory_order_release);
  }
  // Frees what was replaced. The caller knows that no thread is still in an evaluation that began before.
  void reclaim() { versions_.erase(versions_.begin(), versions_.end() - 1); }

 private:
  std::atomic<const PatternVersion*> current_ = nullptr;
  std::vector<std::unique_ptr<const PatternVersion>> versions_;
};

}  // namespace shunt::acl
