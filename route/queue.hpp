// The line of sessions that wait for a free slot of a server, or of any server of a backend.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "graph/ids.hpp"

namespace shunt::route {

class Wakeups;
class WaitLine;
class State;  // route/state.hpp

// Who is told that its turn has come; called on its own thread.
class Sleeper {
 public:
  virtual void turn_has_come() = 0;

 protected:
  ~Sleeper() = default;
};

// Lower classes first, then earlier times (`set-priority-offset` shifts them).
struct WaitRank {
  std::int32_t priority = 0;
  std::chrono::steady_clock::time_point since = {};
  friend auto operator<=>(const WaitRank&, const WaitRank&) = default;
};

// One waiting session. Everything but `sleeper` and `thread` is guarded by ProxyState::balancing.
struct Waiting {
  WaitRank rank = {};
  WaitLine* line = nullptr;  // null: not in any
  std::multimap<WaitRank, Waiting*>::iterator place = {};
  std::uint64_t served_before = 0;        // how many the line had when this one came
  std::uint32_t position = 0;             // when it left: those that were served meanwhile, and itself
  graph::ServerId granted = graph::none;  // the slot that was taken for it: a server of its generation
  const State* generation = nullptr;
  bool turned_away = false;  // its server went away: choose again
  Sleeper* sleeper = nullptr;
  Wakeups* thread = nullptr;
};

class WaitLine {
 public:
  [[nodiscard]] bool empty() const { return line_.empty(); }
  [[nodiscard]] std::size_t size() const { return line_.size(); }
  // Ties are served in order of arrival.
  void join(Waiting& waiting);
  void leave(Waiting& waiting);  // served, if a slot has been granted to it
  [[nodiscard]] Waiting* first() const { return line_.empty() ? nullptr : line_.begin()->second; }
  // The first one that `may` says yes to.
  template <class Predicate>
  [[nodiscard]] Waiting* first_that(const Predicate& may) const {
    for (const auto& [rank, waiting] : line_)
      if (may(*waiting)) return waiting;
    return nullptr;
  }

 private:
  std::multimap<WaitRank, Waiting*> line_;
  std::uint64_t served_ = 0;
};

// The sessions of one thread whose turn has come.
class Wakeups {
 public:
  Wakeups() = default;
  Wakeups(const Wakeups&) = delete;
  Wakeups& operator=(const Wakeups&) = delete;

  void post(Waiting& waiting);    // from any thread
  void forget(Waiting& waiting);  // by its own thread, before it goes
  void deliver();                 // on its own thread

 protected:
  ~Wakeups() = default;

 private:
  // Asks for deliver() on the own thread; called once until that has happened.
  virtual void ring() = 0;

  std::mutex mutex_;
  std::vector<Waiting*> posted_;
};

}  // namespace shunt::route
