// Reading what was changed in a stick table that is shared with peers, piece by piece.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>

namespace shunt::route {

// How far somebody has read the changes of one shard.
struct ChangeCursor {
  std::uint64_t known = 0;  // number of the last change that was read; 0: none
  // A walk through all buckets, which takes several calls, finds more than a few changes.
  std::uint64_t until = 0;  // then known
  std::uint32_t bucket = 0, buckets = 0;

  [[nodiscard]] bool walks() const { return buckets != 0; }
};

// Rung by whoever changes something, once until it is wound up again.
class ChangeBell {
 public:
  // `ring` is called by any thread; empty: nobody listens any more.
  void listen(std::function<void()> ring) {
    const std::lock_guard lock(mutex_);
    ring_ = std::move(ring);
    rung_.store(ring_ == nullptr, std::memory_order_relaxed);
  }
  // Before the changes are read.
  void wind_up() { rung_.store(false, std::memory_order_relaxed); }
  // Under the lock of the shard that was changed.
  void ring() {
    if (rung_.load(std::memory_order_relaxed) || rung_.exchange(true, std::memory_order_relaxed)) return;
    const std::lock_guard lock(mutex_);
    if (ring_) ring_();
  }

 private:
  std::atomic<bool> rung_{true};
  std::mutex mutex_;
  std::function<void()> ring_;
};

}  // namespace shunt::route
