// The engine: edges, deadlines, put-off work, and handlers that die in the middle of a batch; alone and
// nested in Asio.
#include "runtime/engine.hpp"

#include <gtest/gtest.h>
#include <sys/epoll.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <functional>

#include "runtime/engine_driver.hpp"
#include "tests/runtime/socket_test_tools.hpp"

namespace shunt::runtime {
namespace {

using std::chrono::milliseconds;

struct Recorder final : Handler {
  std::function<void(unsigned, std::uint32_t)> ready = [](unsigned, std::uint32_t) {};
  std::function<void()> deadline = [] {};
  std::function<void()> resume = [] {};
  int readies = 0, deadlines = 0, resumes = 0, destroyed = 0;

  void on_ready(unsigned side, std::uint32_t events) override { ++readies, ready(side, events); }
  void on_deadline() override { ++deadlines, deadline(); }
  void on_resume() override { ++resumes, resume(); }
  void destroy() override { ++destroyed; }
};

TEST(Engine, ReportsAnEdgeOnceAndWithItsSide) {
  Engine engine;
  auto const pair = connected_pair(AF_UNIX);
  Recorder handler;
  unsigned seen_side = 9;
  handler.ready = [&](unsigned side, std::uint32_t) { seen_side = side; };
  ASSERT_TRUE(engine.add(pair[0], handler, 1, EPOLLIN | EPOLLRDHUP | EPOLLET));
  EXPECT_FALSE(engine.turn(0));
  EXPECT_EQ(handler.readies, 0);
  ASSERT_EQ(::send(pair[1], "x", 1, 0), 1);
  engine.turn(1000);
  engine.turn(0);
  EXPECT_EQ(handler.readies, 1);
  EXPECT_EQ(seen_side, 1U);
  ::close(pair[0]);
  ::close(pair[1]);
}

TEST(Engine, ARetiredHandlerIsDestroyedAfterTheBatch) {
  Engine engine;
  auto const first = connected_pair(AF_UNIX);
  auto const second = connected_pair(AF_UNIX);
  Recorder handler;
  int destroyed_during_batch = -1;
  handler.ready = [&](unsigned, std::uint32_t) {
    destroyed_during_batch = handler.destroyed;
    if (handler.readies == 1) engine.retire(handler);
  };
  engine.add(first[0], handler, 0, EPOLLIN | EPOLLET);
  engine.add(second[0], handler, 1, EPOLLIN | EPOLLET);
  engine.schedule(handler, engine.now() + milliseconds(1));
  engine.go_on_later(handler);
  EXPECT_EQ(::send(first[1], "x", 1, 0), 1);
  EXPECT_EQ(::send(second[1], "x", 1, 0), 1);
  engine.turn(0);
  EXPECT_EQ(destroyed_during_batch, 0);
  EXPECT_EQ(handler.destroyed, 1);
  EXPECT_EQ(handler.resumes, 0);
  EXPECT_FALSE(handler.pending());
  for (int const fd : {first[0], first[1], second[0], second[1]}) ::close(fd);
}

TEST(Engine, PutOffWorkIsGoneOnWithAndCountsAsWork) {
  Engine engine;
  Recorder handler;
  handler.resume = [&] {
    if (handler.resumes < 100) engine.go_on_later(handler);
  };
  engine.go_on_later(handler);
  int turns = 0;
  while (engine.turn(0)) ++turns;
  EXPECT_EQ(handler.resumes, 100);
  EXPECT_GT(turns, 1);  // it was bounded
}

struct NestedEngine : testing::Test, IdleHook {
  void going_idle() override { ++idle; }
  boost::asio::io_context io{1};
  Engine engine;
  EngineDriver driver{io, engine, *this};
  int idle = 0;
};

TEST_F(NestedEngine, WakesForEventsDeadlinesAndPosts) {
  auto const pair = connected_pair(AF_UNIX);
  Recorder handler;
  engine.add(pair[0], handler, 0, EPOLLIN | EPOLLET);
  auto const begin = std::chrono::steady_clock::now();
  handler.ready = [&](unsigned, std::uint32_t) { engine.schedule(handler, engine.now() + milliseconds(15)); };
  handler.deadline = [&] { driver.stop(); };
  driver.start();
  boost::asio::post(io, [&] { EXPECT_EQ(::send(pair[1], "x", 1, 0), 1); });
  io.run_for(std::chrono::seconds(10));
  auto const took = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(handler.readies, 1);
  EXPECT_EQ(handler.deadlines, 1);
  EXPECT_GE(took, milliseconds(15));
  EXPECT_LT(took, std::chrono::seconds(9));
  EXPECT_GT(idle, 0);
  ::close(pair[0]);
  ::close(pair[1]);
}

TEST_F(NestedEngine, AnEarlierDeadlineMovesTheTimer) {
  Recorder late, soon;
  engine.schedule(late, engine.now() + std::chrono::hours(1));
  driver.start();
  soon.deadline = [&] { driver.stop(); };
  boost::asio::post(io, [&] {
    engine.schedule(soon, engine.now() + milliseconds(5));
    driver.touch();
  });
  io.run_for(std::chrono::seconds(10));
  EXPECT_EQ(soon.deadlines, 1);
  EXPECT_EQ(late.deadlines, 0);
}

}  // namespace
}  // namespace shunt::runtime
