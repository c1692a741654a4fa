// Waiting for a place: nobody is woken for nothing, nobody sleeps while a place is free.
#include "runtime/slot_waiters.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <semaphore>
#include <thread>

namespace shunt::runtime {
namespace {

struct Counting final : SlotWaiters::Waiter {
  void wake() override { ++woken; }
  int woken = 0;
};

TEST(SlotWaiters, WakesOnceWhoAsked) {
  SlotWaiters waiters;
  Counting one, other;
  waiters.enroll(one);
  waiters.enroll(other);
  waiters.place_freed();
  waiters.wait(one);
  waiters.wait(one);
  waiters.place_freed();
  waiters.place_freed();
  EXPECT_EQ(one.woken, 1);
  EXPECT_EQ(other.woken, 0);
  waiters.wait(one);
  waiters.wait(other);
  waiters.place_freed();
  EXPECT_EQ(one.woken, 2);
  EXPECT_EQ(other.woken, 1);
}

struct Sleeper final : SlotWaiters::Waiter {
  void wake() override { awake.release(); }
  std::counting_semaphore<> awake{0};
};

// Two threads hand one place to each other: a wake-up that gets lost stops them both.
TEST(SlotWaiters, NoFreedPlaceIsMissed) {
  SlotWaiters waiters;
  std::array<Sleeper, 2> sleepers;
  for (Sleeper& sleeper : sleepers) waiters.enroll(sleeper);
  std::atomic<int> taken{0};
  const auto work = [&](Sleeper& self) {
    for (int turns = 0; turns < 20000;) {
      if (taken.exchange(1) == 0) {
        ++turns;
        taken = 0;
        waiters.place_freed();
        continue;
      }
      waiters.wait(self);
      if (taken == 0) continue;
      ASSERT_TRUE(self.awake.try_acquire_for(std::chrono::seconds(20)));
    }
  };
  std::thread other([&] { work(sleepers[1]); });
  work(sleepers[0]);
  other.join();
}

}  // namespace
}  // namespace shunt::runtime
