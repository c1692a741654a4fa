// Descriptor planning: what maxconn needs, and how many connections a limit allows.
#include "runtime/limits.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace shunt::runtime {
namespace {

struct PlanCase {
  DescriptorNeed need;
  std::uint64_t available;
  std::uint32_t maxconn;
  std::uint64_t descriptors;
  std::uint64_t needed = 0;  // 0: as many as `descriptors`
};

class DescriptorPlans : public testing::TestWithParam<PlanCase> {};

TEST_P(DescriptorPlans, AddUp) {
  const DescriptorPlan plan = plan_descriptors(GetParam().need, GetParam().available);
  EXPECT_EQ(plan.maxconn, GetParam().maxconn);
  EXPECT_EQ(plan.descriptors, GetParam().descriptors);
  EXPECT_EQ(plan.needed, GetParam().needed != 0 ? GetParam().needed : plan.descriptors);
}

INSTANTIATE_TEST_SUITE_P(
    Table, DescriptorPlans,
    testing::Values(
        PlanCase{{.maxconn = 500, .ulimit_n = 0, .fixed = 30, .maxpipes = 0}, 1024, 500, 1030},
        PlanCase{{.maxconn = 500, .ulimit_n = 0, .fixed = 30, .maxpipes = 10}, 1024, 500, 1050},
        PlanCase{{.maxconn = 0, .ulimit_n = 0, .fixed = 24, .maxpipes = 0}, 1024, 500, 1024},
        PlanCase{{.maxconn = 0, .ulimit_n = 700, .fixed = 100, .maxpipes = 0}, 2000, 950, 700, 2000},
        PlanCase{{.maxconn = 500, .ulimit_n = 5000, .fixed = 30, .maxpipes = 0}, 9999, 500, 5000, 1030},
        PlanCase{{.maxconn = 0, .ulimit_n = 0, .fixed = 2000, .maxpipes = 0}, 1024, 10, 2020},
        PlanCase{{.maxconn = 0, .ulimit_n = 0, .fixed = 576, .maxpipes = 0}, ~0ULL, 524000, 1048576}));

TEST(DescriptorLimit, IsRaisedAndReportedWhenItCannotBe) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(raise_descriptor_limit(16), std::nullopt);  // never lowered
  rlimit after{};
  ::getrlimit(RLIMIT_NOFILE, &after);
  EXPECT_EQ(after.rlim_cur, before.rlim_cur);
  const auto limit = raise_descriptor_limit(1ULL << 40);  // beyond fs.nr_open: not even root
  ASSERT_TRUE(limit.has_value());
  EXPECT_EQ(*limit, before.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &before);
}

TEST(ThreadCount, IsWhatTheFileSaysOrTheProcessors) {
  EXPECT_EQ(thread_count(7), 7U);
  EXPECT_GE(thread_count(0), 1U);
}

}  // namespace
}  // namespace shunt::runtime
