// Threads that wait for a place under a connection limit, and how the thread that frees one wakes them.
#pragma once
#include <atomic>
#include <cstdint>
#include <vector>

namespace shunt::runtime {

class SlotWaiters {
 public:
  struct Waiter {
    virtual void wake() = 0;                    // called on the thread that freed a place
    std::atomic<bool> asks_to_be_woken{false};  // for SlotWaiters only

   protected:
    ~Waiter() = default;
  };

  // Before the threads run; a waiter stays enrolled until none of them runs any more.
  void enroll(Waiter& waiter) { all_.push_back(&waiter); }
  // Asks for one wake(). The caller has to look once more whether there is a place now: one that was freed
  // before is not announced.
  void wait(Waiter& waiter);
  // After a place was given back. One load while nobody waits.
  void place_freed() {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (waiting_.load(std::memory_order_relaxed) != 0) wake_all();
  }

 private:
  void wake_all();

  std::vector<Waiter*> all_;
  std::atomic<std::uint32_t> waiting_{0};
};

}  // namespace shunt::runtime
