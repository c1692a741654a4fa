// Rates over a sliding second: HAProxy's own readings.
#include "route/frequency.hpp"

#include <gtest/gtest.h>

namespace shunt::route {
namespace {

using std::chrono::milliseconds;
using Time = std::chrono::steady_clock::time_point;

Time at(int ms) { return Time(milliseconds(1'000'000 + ms)); }

struct Reading {
  int ms;
  std::uint32_t rate;
};

void expect(const Frequency& frequency, std::initializer_list<Reading> readings) {
  for (const auto& [ms, rate] : readings) EXPECT_EQ(frequency.per_second(at(ms)), rate) << ms;
}

TEST(Frequency, TenAtOnceFadeInTheSecondPeriod) {
  Frequency frequency;
  for (int i = 0; i < 10; ++i) frequency.add(at(0));
  expect(frequency, {{0, 10}, {200, 10}, {999, 10}, {1010, 9}, {1206, 7}, {1610, 3}, {1810, 1}, {2010, 0}});
}

TEST(Frequency, OldEventsCountByTheirShareBesideNewOnes) {
  Frequency frequency;
  for (int i = 0; i < 6; ++i) frequency.add(at(0));
  for (int i = 0; i < 4; ++i) frequency.add(at(1250));
  expect(frequency,
         {{1325, 8}, {1445, 7}, {1565, 6}, {1685, 5}, {1925, 4}, {2045, 3}, {2285, 2}, {2525, 1}, {2765, 0}});
}

// What is admitted when each one waits its turn: at once up to the limit, then as the first fade.
TEST(Frequency, SaysWhenThereIsRoomForOneMore) {
  Frequency frequency;
  std::vector<int> admitted;
  for (int ms = 0; admitted.size() < 12;) {
    const auto wait = frequency.until_below(5, at(ms)).count();
    if (wait > 1) {
      EXPECT_NE(frequency.until_below(5, at(ms + static_cast<int>(wait) - 1)).count(), 0) << ms;
    }
    ms += static_cast<int>(wait);
    EXPECT_EQ(frequency.until_below(5, at(ms)).count(), 0) << ms;
    frequency.add(at(ms));
    admitted.push_back(ms);
  }
  EXPECT_EQ(admitted, (std::vector{0, 0, 0, 0, 0, 1001, 1201, 1401, 1601, 1801, 2001, 2201}));
}

TEST(Frequency, ALoneEventReadsOneForAWholeSecondPeriod) {
  Frequency frequency;
  frequency.add(at(0));
  expect(frequency, {{0, 1}, {1950, 1}, {2100, 0}});
}

TEST(Frequency, NothingIsNothing) { expect(Frequency(), {{0, 0}, {5000, 0}}); }

// Above 2^31 ms a difference to the start of the clock is no longer a positive number of 32 bits.
TEST(Frequency, AMachineMayRunForAMonth) {
  constexpr int day = 86'400'000;
  Frequency frequency;
  const Time month = Time(milliseconds(std::int64_t{30} * day));
  for (int i = 0; i < 10; ++i) frequency.add(month);
  EXPECT_EQ(frequency.per_second(month + milliseconds(200)), 10u);
  EXPECT_EQ(frequency.per_second(month + milliseconds(2010)), 0u);
  EXPECT_EQ(frequency.per_second(month + milliseconds(std::int64_t{30} * day)), 0u);
}

TEST(Frequency, AnOlderReadingOfTheClockCounts) {
  Frequency frequency;
  for (int i = 0; i < 9; ++i) frequency.add(at(0));
  frequency.add(at(-6));
  expect(frequency, {{-6, 10}, {0, 10}, {900, 10}});
}

TEST(Frequency, APauseForgetsAll) {
  Frequency frequency;
  for (int i = 0; i < 9; ++i) frequency.add(at(0));
  frequency.add(at(5000));
  expect(frequency, {{5000, 1}});
}

}  // namespace
}  // namespace shunt::route
