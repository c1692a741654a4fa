// The small event engine of one thread: an edge-triggered epoll set, a timer wheel, and what has to go on
// later. No Asio here.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/timer_wheel.hpp"

namespace shunt::runtime {

using Time = std::chrono::steady_clock::time_point;

// What the engine calls. `side` is the caller's tag (0 ... 3) of the descriptor. Owned by whoever made it
// until retire().
class alignas(8) Handler : public TimerWheel::Entry {
 public:
  virtual void on_ready(unsigned side, std::uint32_t events) = 0;
  virtual void on_deadline() = 0;
  virtual void on_resume() {}  // after go_on_later()
  virtual void destroy() = 0;  // after retire(), when no event of the current batch can mention it

 protected:
  ~Handler() = default;
};

class Engine {
 public:
  Engine();
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // The epoll set; readable when there is something to do. -1: it could not be made.
  [[nodiscard]] int descriptor() const { return epoll_; }

  // Descriptors are forgotten when they are closed. False: the kernel refused (errno).
  bool add(int fd, Handler& handler, unsigned side, std::uint32_t events);
  bool modify(int fd, Handler& handler, unsigned side, std::uint32_t events);
  void remove(int fd);

  [[nodiscard]] Time now() const { return now_; }  // refreshed before each call of a handler
  void refresh_now();                              // for work that does not begin in a handler
  void schedule(Handler& handler,
                Time deadline);  // replaces the former one; fires up to 1 ms late, never early
  void cancel(Handler& handler) { wheel_.cancel(handler); }
  [[nodiscard]] std::optional<Time> next_deadline() const;

  // Something inside the thread that has news for a handler.
  class Posted {
   public:
    virtual void deliver() = 0;

   protected:
    ~Posted() = default;
  };
  // Calls deliver() once, from turn(), after the events that are waiting now. It has to live until then.
  void post(Posted& news);
  void withdraw(Posted& news);  // not from within turn()

  // Calls on_resume() after the events that are waiting now: for work that was cut off to be fair.
  void go_on_later(Handler& handler);
  // Calls destroy() at the end of the batch. Nothing else is called on it from now on if its on_* ignore a
  // dead state.
  void retire(Handler& handler);

  // Waits up to `wait_ms` (-1: for ever) for the first batch, then drains a bounded number of batches.
  // True: stopped at the bound or work is pending, call again soon.
  bool turn(int wait_ms);

 private:
  bool take_turn(int wait_ms);
  int batch(int wait_ms);
  [[nodiscard]] bool idle() const { return resumable_.empty() && posted_.empty(); }
  void deliver_posted();
  void resume_waiting();
  void fire_timers();
  void destroy_retired();
  [[nodiscard]] TimerWheel::Tick tick_after(Time time) const;

  static constexpr int batch_size = 128;
  static constexpr int batches_per_turn = 16;
  static constexpr int posted_rounds = 8;

  int epoll_;
  int wake_;
  bool turning_ = false;
  Time start_;
  Time now_;
  TimerWheel wheel_{0};
  std::vector<Handler*> resumable_, resuming_, retired_;
  std::vector<Posted*> posted_, delivering_;
};

}  // namespace shunt::runtime
