// What SIGQUIT is answered with: the pools of all threads, added up.
#include "runtime/pool_report.hpp"

#include <gtest/gtest.h>

#include "runtime/block_pool.hpp"

namespace shunt::runtime {
namespace {

TEST(PoolReport, AddsThreadsUp) {
  PoolUses all;
  for (const std::size_t kept : {1U, 3U})
    all += {{{{"stream", 100, 4, kept}, {"buffer", 16384, 1, 1}, {"pipe", 4096, 0, 0}}}};
  EXPECT_EQ(describe_pools(all),
            "Dumping pools usage.\n"
            "  - Pool stream (100 bytes) : 8 allocated (800 bytes), 4 used\n"
            "  - Pool buffer (16384 bytes) : 2 allocated (32768 bytes), 0 used\n"
            "  - Pool pipe (4096 bytes) : 0 allocated (0 bytes), 0 used\n"
            "Total: 3 pools, 33568 bytes allocated, 400 used.");
}

TEST(PoolReport, BlocksAreCounted) {
  BlockPool pool(100);
  EXPECT_EQ(pool.allocated(), 0U);
  void* const one = pool.take();
  void* const other = pool.take();
  EXPECT_EQ(pool.allocated() - pool.kept(), 2U);
  pool.give_back(one);
  EXPECT_EQ(pool.allocated() - pool.kept(), 1U);
  pool.give_back(other);
  EXPECT_EQ(pool.allocated(), pool.kept());
}

}  // namespace
}  // namespace shunt::runtime
