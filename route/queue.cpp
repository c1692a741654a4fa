// Joining and leaving a line, and handing turns to threads.
#include "route/queue.hpp"

#include <algorithm>

namespace shunt::route {

void WaitLine::join(Waiting& waiting) {
  waiting.line = this;
  waiting.served_before = served_;
  waiting.place = line_.emplace(waiting.rank, &waiting);
}

void WaitLine::leave(Waiting& waiting) {
  line_.erase(waiting.place);
  waiting.line = nullptr;
  waiting.position = static_cast<std::uint32_t>(served_ - waiting.served_before) + 1;
  if (waiting.granted != graph::none) ++served_;
}

void Wakeups::post(Waiting& waiting) {
  const std::lock_guard lock(mutex_);
  posted_.push_back(&waiting);
  if (posted_.size() == 1) ring();
}

void Wakeups::forget(Waiting& waiting) {
  const std::lock_guard lock(mutex_);
  std::ranges::replace(posted_, &waiting, nullptr);
}

// One after the other: a session that is woken may end another one that is still in the list.
void Wakeups::deliver() {
  for (std::size_t at = 0;; ++at) {
    Waiting* waiting = nullptr;
    {
      const std::lock_guard lock(mutex_);
      if (at >= posted_.size()) {
        posted_.clear();
        return;
      }
      waiting = std::exchange(posted_[at], nullptr);
    }
    if (waiting != nullptr && waiting->sleeper != nullptr) waiting->sleeper->turn_has_come();
  }
}

}  // namespace shunt::route
