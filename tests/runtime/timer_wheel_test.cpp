// The timer wheel against a sorted list: random schedules, moves, cancels and steps of every size.
#include "runtime/timer_wheel.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

namespace shunt::runtime {
namespace {

using Tick = TimerWheel::Tick;

TEST(TimerWheel, FiresAtItsTickAndNotBefore) {
  TimerWheel wheel(1000);
  for (Tick const delay : {1U, 2U, 255U, 256U, 257U, 511U, 65535U, 65536U, 65537U, 16777216U, 20000000U}) {
    TimerWheel::Entry entry;
    Tick const due = wheel.now() + delay;
    wheel.schedule(entry, due);
    int fired = 0;
    auto const count = [&](TimerWheel::Entry&) { ++fired; };
    wheel.advance(due - 1, count);
    EXPECT_EQ(fired, 0) << delay;
    wheel.advance(due, count);
    EXPECT_EQ(fired, 1) << delay;
    EXPECT_FALSE(entry.pending());
  }
}

TEST(TimerWheel, APastTickFiresAtTheNextOne) {
  TimerWheel wheel(500);
  TimerWheel::Entry entry;
  wheel.schedule(entry, 3);
  int fired = 0;
  wheel.advance(501, [&](TimerWheel::Entry&) { ++fired; });
  EXPECT_EQ(fired, 1);
}

TEST(TimerWheel, BeyondItsReachItStillFiresInTime) {
  TimerWheel wheel(0);
  TimerWheel::Entry entry;
  Tick const due = (Tick{1} << 32) * 3 + 12345;
  wheel.schedule(entry, due);
  Tick fired_at = 0;
  auto const note = [&](TimerWheel::Entry&) { fired_at = wheel.now(); };
  wheel.advance(due - 1, note);
  EXPECT_EQ(fired_at, 0U);
  wheel.advance(due, note);
  EXPECT_EQ(fired_at, due);
}

TEST(TimerWheel, NextIsNeverLateAndEmptyMeansEmpty) {
  TimerWheel wheel(77);
  EXPECT_FALSE(wheel.next().has_value());
  TimerWheel::Entry entry;
  wheel.schedule(entry, 77 + 100000);
  ASSERT_TRUE(wheel.next().has_value());
  EXPECT_LE(*wheel.next(), 77U + 100000);
  EXPECT_GT(*wheel.next(), 77U);
}

TEST(TimerWheel, AHandlerMayCancelAndScheduleOthersThatAreDueNow) {
  TimerWheel wheel(0);
  TimerWheel::Entry first, second, again;
  wheel.schedule(first, 10);
  wheel.schedule(second, 10);
  int fired = 0;
  wheel.advance(10, [&](TimerWheel::Entry& entry) {
    ++fired;
    wheel.cancel(&entry == &first ? second : first);
    wheel.schedule(again, 10);
  });
  EXPECT_EQ(fired, 1);
  EXPECT_TRUE(again.pending());
}

struct Timer : TimerWheel::Entry {
  Tick due = 0;
  bool set = false;
};

class RandomSchedules : public testing::TestWithParam<unsigned> {};

TEST_P(RandomSchedules, AgreeWithANaiveList) {
  std::mt19937 random(GetParam());
  Tick now = random();
  TimerWheel wheel(now);
  std::vector<std::unique_ptr<Timer>> timers;
  for (int i = 0; i < 60; ++i) timers.push_back(std::make_unique<Timer>());
  auto const span = [&] { return Tick{1} << (random() % 26); };
  for (int round = 0; round < 3000; ++round) {
    Timer& timer = *timers[random() % timers.size()];
    if (random() % 4 == 0) {
      wheel.cancel(timer);
      timer.set = false;
    } else {
      timer.due = now + 1 + random() % span();
      timer.set = true;
      wheel.schedule(timer, timer.due);
    }
    if (random() % 3 != 0) continue;
    now += random() % span();
    std::vector<Timer*> fired;
    Tick last = 0;
    wheel.advance(now, [&](TimerWheel::Entry& entry) {
      auto& one = static_cast<Timer&>(entry);
      EXPECT_EQ(one.due, wheel.now());
      EXPECT_LE(last, one.due);
      last = one.due;
      fired.push_back(&one);
    });
    for (auto const& one : timers) {
      bool const due = one->set && one->due <= now;
      EXPECT_EQ(due, std::find(fired.begin(), fired.end(), one.get()) != fired.end());
      if (due) one->set = false;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomSchedules, testing::Range(1U, 13U));

}  // namespace
}  // namespace shunt::runtime
