// Either the one who frees a place sees that somebody waits, or the one who waits sees the free place: both
// write first and read then, with a full fence between.
#include "runtime/slot_waiters.hpp"

namespace shunt::runtime {

void SlotWaiters::wait(Waiter& waiter) {
  if (!waiter.asks_to_be_woken.exchange(true)) waiting_.fetch_add(1);
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

// All of them: only they know for which limit they wait, and whether a client waits with them.
void SlotWaiters::wake_all() {
  for (Waiter* const waiter : all_) {
    if (!waiter->asks_to_be_woken.exchange(false)) continue;
    waiting_.fetch_sub(1);
    waiter->wake();
  }
}

}  // namespace shunt::runtime
