// Deadlines of one thread: a hierarchical wheel of 1 ms ticks over entries that live inside their owners.
#pragma once
#include <array>
#include <cstdint>
#include <optional>

namespace shunt::runtime {

// Scheduling and cancelling are O(1) and allocate nothing. An entry never fires early; it fires at its tick
// if advance() is called then. Reaches 2^32 ticks (49 days) ahead; what is later waits at the edge and is put
// in again.
class TimerWheel {
 public:
  using Tick = std::uint64_t;

  class Entry {
   public:
    Entry() = default;
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    [[nodiscard]] bool pending() const { return back_ != nullptr; }
    [[nodiscard]] Tick tick() const { return tick_; }

   private:
    friend class TimerWheel;
    Entry* next_ = nullptr;
    Entry** back_ = nullptr;  // what points to us
    Tick tick_ = 0;
  };

  explicit TimerWheel(Tick now) : now_(now) {}

  // A pending entry is moved. A tick that is not after now() fires at the next one.
  void schedule(Entry& entry, Tick tick);
  void cancel(Entry& entry);

  // Goes on to `now`, handing each entry that is due (no longer pending) to `fire`, which may schedule and
  // cancel any.
  template <class Fire>
  void advance(Tick now, Fire&& fire) {
    while (now_ < now) {
      step_to(now);
      while (Entry* entry = pop_due()) fire(*entry);
    }
  }

  [[nodiscard]] Tick now() const { return now_; }
  // When advance() has something to do next: never later than the first deadline, possibly earlier.
  [[nodiscard]] std::optional<Tick> next() const;

 private:
  static constexpr unsigned levels = 4, bits = 8, slots = 1U << bits, mask = slots - 1;
  struct Level {
    std::array<Entry*, slots> heads = {};
    std::array<std::uint64_t, slots / 64> occupied = {};  // a set bit may be stale, a clear one never
  };

  void place(Entry& entry);
  void step_to(Tick limit);
  void cascade(unsigned level, unsigned slot);
  [[nodiscard]] Entry* pop_due();

  std::array<Level, levels> wheel_ = {};
  Tick now_;
};

}  // namespace shunt::runtime
