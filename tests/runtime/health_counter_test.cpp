// The health counter and its intervals, against runs of HAProxy.
#include "runtime/health_counter.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace shunt::runtime {
namespace {

using namespace std::chrono_literals;

struct CheckRun {
  std::uint32_t rise, fall;
  const char* results;                // '+' success, '-' failure
  std::vector<const char*> progress;  // after each
};

class HealthCounterRuns : public testing::TestWithParam<CheckRun> {};

TEST_P(HealthCounterRuns, ShowTheProgressOfHaproxy) {
  const CheckRun& run = GetParam();
  HealthCounter counter(run.rise, run.fall);
  EXPECT_TRUE(counter.up());
  for (std::size_t i = 0; run.results[i] != 0; ++i) {
    if (run.results[i] == '+')
      counter.success();
    else
      counter.failure();
    EXPECT_EQ(counter.progress() + (counter.up() ? " UP" : " DOWN"), run.progress[i]) << "result " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Vectors, HealthCounterRuns,
    testing::Values(CheckRun{2, 3, "+", {"3/3 UP"}}, CheckRun{2, 3, "-", {"0/2 DOWN"}},
                    CheckRun{2, 3, "--++", {"0/2 DOWN", "0/2 DOWN", "1/2 DOWN", "3/3 UP"}},
                    CheckRun{2, 3, "+---", {"3/3 UP", "2/3 UP", "1/3 UP", "0/2 DOWN"}},
                    CheckRun{2, 3, "+--+-", {"3/3 UP", "2/3 UP", "1/3 UP", "3/3 UP", "2/3 UP"}},
                    CheckRun{2, 3, "-+-+", {"0/2 DOWN", "1/2 DOWN", "0/2 DOWN", "1/2 DOWN"}},
                    CheckRun{1, 1, "+-+-", {"1/1 UP", "0/1 DOWN", "1/1 UP", "0/1 DOWN"}},
                    CheckRun{3, 1, "-+++", {"0/3 DOWN", "1/3 DOWN", "2/3 DOWN", "1/1 UP"}}));

// `init-state`: what the first checks make of each beginning.
struct Beginning {
  graph::InitState state;
  const char* first;  // before any check
  const char* results;
  const char* last;
};
class HealthBeginnings : public testing::TestWithParam<Beginning> {};

TEST_P(HealthBeginnings, TakeAsManyChecksAsTheyAreAwayFromTheOther) {
  HealthCounter counter(3, 2, GetParam().state);
  const auto shown = [&] { return counter.progress() + (counter.up() ? " UP" : " DOWN"); };
  EXPECT_EQ(shown(), GetParam().first);
  for (const char* result = GetParam().results; *result != 0; ++result)
    *result == '+' ? counter.success() : counter.failure();
  EXPECT_EQ(shown(), GetParam().last);
}

INSTANTIATE_TEST_SUITE_P(
    FromTheManual, HealthBeginnings,
    testing::Values(Beginning{graph::InitState::fully_up, "2/2 UP", "-", "1/2 UP"},
                    Beginning{graph::InitState::fully_up, "2/2 UP", "--", "0/3 DOWN"},
                    Beginning{graph::InitState::up, "1/2 UP", "-", "0/3 DOWN"},
                    Beginning{graph::InitState::up, "1/2 UP", "+", "2/2 UP"},
                    Beginning{graph::InitState::down, "2/3 DOWN", "+", "2/2 UP"},
                    Beginning{graph::InitState::down, "2/3 DOWN", "-+", "1/3 DOWN"},
                    Beginning{graph::InitState::fully_down, "0/3 DOWN", "++", "2/3 DOWN"},
                    Beginning{graph::InitState::fully_down, "0/3 DOWN", "+++", "2/2 UP"}));

TEST(HealthIntervals, FollowTheCounter) {
  const CheckIntervals all{400ms, 100ms, 200ms};
  HealthCounter counter(2, 3);
  EXPECT_EQ(next_interval(all, counter), 100ms);  // up, but not yet fully
  counter.success();
  EXPECT_EQ(next_interval(all, counter), 400ms);
  counter.failure();
  EXPECT_EQ(next_interval(all, counter), 100ms);
  counter.failure();
  counter.failure();
  EXPECT_EQ(next_interval(all, counter), 200ms);
  counter.success();
  EXPECT_EQ(next_interval(all, counter), 100ms);
}

TEST(HealthIntervals, FallBackToInter) {
  const CheckIntervals only{400ms, std::nullopt, std::nullopt};
  HealthCounter counter(2, 3);
  EXPECT_EQ(next_interval(only, counter), 400ms);
  counter.failure();
  EXPECT_EQ(next_interval(only, counter), 400ms);
}

}  // namespace
}  // namespace shunt::runtime
