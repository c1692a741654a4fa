// Both kinds of relay over real sockets: order and completeness of bytes, half-close, back-pressure, resets,
// nothing held at rest.
#include "runtime/relay.hpp"

#include <gtest/gtest.h>

#include <sys/epoll.h>

#include <csignal>
#include <random>

#include "tests/runtime/socket_test_tools.hpp"

namespace shunt::runtime {
namespace {

using Status = PumpResult::Status;

struct RelayCase {
  const char* name;
  int family;
  SpliceUse splice;
};

// One direction: what is written to `input` comes out at `output`.
class Relay : public testing::TestWithParam<RelayCase> {
 protected:
  Relay() {
    ::signal(SIGPIPE, SIG_IGN);
    auto const in = connected_pair(GetParam().family);
    auto const out = connected_pair(GetParam().family);
    input = in[0];
    output = out[0];
    from = Transport(in[1]);
    to = Transport(out[1]);
    flow.splice = GetParam().splice;
  }
  ~Relay() override {
    release(flow, tools);
    if (input >= 0) ::close(input);
    if (output >= 0) ::close(output);
  }

  PumpResult pump_now() {
    flow.readable = true;
    flow.blocked = false;
    return pump(flow, from, to, tools, false);
  }

  RelayTools tools{16384, PipeLimits{}};
  Transport from, to;
  Flow flow;
  int input = -1, output = -1;
};

TEST_P(Relay, PassesBytesAndHoldsNothingAtRest) {
  ASSERT_EQ(::send(input, "hello", 5, 0), 5);
  PumpResult const result = pump_now();
  EXPECT_EQ(result.status, Status::waiting);
  EXPECT_EQ(result.read, 5U);
  EXPECT_EQ(read_all(output, 5), "hello");
  EXPECT_EQ(flow.buffer, nullptr);
  EXPECT_EQ(flow.pipe, nullptr);
  EXPECT_EQ(tools.buffers.lent(), 0U);
}

TEST_P(Relay, PassesTheEndAfterTheBytesBeforeIt) {
  ASSERT_EQ(::send(input, "last", 4, 0), 4);
  ::shutdown(input, SHUT_WR);
  // A short read waits for the event that the end is; here that is the second call.
  PumpResult result = pump_now();
  if (result.status == Status::waiting) result = pump_now();
  EXPECT_EQ(result.status, Status::finished);
  EXPECT_EQ(read_all(output), "last");
  // The other direction is untouched.
  ASSERT_EQ(::send(output, "back", 4, 0), 4);
  std::array<char, 8> bytes{};
  ASSERT_TRUE(wait_for(to.fd(), POLLIN));
  EXPECT_EQ(to.read(bytes.data(), bytes.size()).bytes, 4U);
}

TEST_P(Relay, AnAnnouncedEndNeedsNoSecondRead) {
  ASSERT_EQ(::send(input, "x", 1, 0), 1);
  ::shutdown(input, SHUT_WR);
  flow.hangup = true;
  EXPECT_EQ(pump_now().status, Status::finished);
  EXPECT_EQ(read_all(output), "x");
}

TEST_P(Relay, WaitsForASlowReaderAndLosesNothing) {
  std::mt19937_64 random(7);
  std::string sent(24U << 20, '\0');
  for (std::size_t i = 0; i + 8 <= sent.size(); i += 8) {
    std::uint64_t const word = random();
    std::memcpy(sent.data() + i, &word, 8);
  }
  std::string received;
  std::size_t written = 0;
  bool blocked_once = false;
  std::array<char, 30000> chunk;
  while (received.size() < sent.size()) {
    if (written < sent.size()) {
      ssize_t const more =
          ::send(input, sent.data() + written, std::min<std::size_t>(sent.size() - written, 1U << 20), 0);
      if (more > 0) written += static_cast<std::size_t>(more);
      if (written == sent.size()) ::shutdown(input, SHUT_WR);
    }
    PumpResult const result = pump_now();
    ASSERT_NE(result.status, Status::source_failed);
    ASSERT_NE(result.status, Status::sink_failed);
    blocked_once = blocked_once || flow.blocked;
    // A reader that takes little each time keeps the sink full.
    ssize_t const got = ::recv(output, chunk.data(), 1 + random() % chunk.size(), 0);
    if (got > 0) received.append(chunk.data(), static_cast<std::size_t>(got));
    ASSERT_NE(got, 0);
  }
  EXPECT_TRUE(blocked_once);
  EXPECT_TRUE(received == sent);
  EXPECT_EQ(tools.buffers.lent(), 0U);
  EXPECT_EQ(flow.pipe, nullptr);
}

TEST_P(Relay, StopsToBeFair) {
  // A source that is always full and a sink that always takes: the call still ends.
  std::string const chunk(1U << 20, 'x');
  std::array<char, 65536> sink;
  bool stopped = false;
  for (int i = 0; i < 200 && !stopped; ++i) {
    while (::send(input, chunk.data(), chunk.size(), 0) > 0) {
    }
    stopped = pump_now().read <= 8U << 20;
    while (::recv(output, sink.data(), sink.size(), 0) > 0) {
    }
  }
  EXPECT_TRUE(stopped);
}

TEST_P(Relay, TellsAResetOfTheSource) {
  if (GetParam().family == AF_UNIX) GTEST_SKIP() << "a unix socket has no reset without unread bytes";
  reset_and_close(input);
  input = -1;
  ASSERT_TRUE(wait_for(from.fd(), POLLIN));
  PumpResult const result = pump_now();
  EXPECT_EQ(result.status, Status::source_failed);
  EXPECT_EQ(result.error, ECONNRESET);
}

// The event of a reset says "end" as well, and nothing follows it: the bytes before it must not hide it.
TEST_P(Relay, AResetBehindBytesIsNoEnd) {
  if (GetParam().family == AF_UNIX) GTEST_SKIP() << "a unix socket has no reset without unread bytes";
  ASSERT_EQ(::send(input, "last", 4, 0), 4);
  reset_and_close(input);
  input = -1;
  ASSERT_TRUE(wait_for(from.fd(), POLLIN));
  flow.note_events(EPOLLIN | EPOLLRDHUP | EPOLLERR | EPOLLHUP);
  EXPECT_EQ(pump_now().status, Status::source_failed);
}

TEST_P(Relay, TellsASinkThatIsGone) {
  ::close(output);
  output = -1;
  // TCP learns it from the answer to the first bytes.
  Status status = Status::waiting;
  for (int i = 0; i < 100 && status == Status::waiting; ++i) {
    ASSERT_GT(::send(input, "bytes", 5, MSG_NOSIGNAL), 0);
    ASSERT_TRUE(wait_for(from.fd(), POLLIN));
    status = pump_now().status;
  }
  EXPECT_EQ(status, Status::sink_failed);
}

INSTANTIATE_TEST_SUITE_P(Kinds, Relay,
                         testing::Values(RelayCase{"copy_tcp", AF_INET, SpliceUse::never},
                                         RelayCase{"copy_unix", AF_UNIX, SpliceUse::never},
                                         RelayCase{"splice_tcp", AF_INET, SpliceUse::from_first_byte},
                                         RelayCase{"splice_unix", AF_UNIX, SpliceUse::from_first_byte},
                                         RelayCase{"switching_tcp", AF_INET, SpliceUse::when_bulky},
                                         RelayCase{"switching_unix", AF_UNIX, SpliceUse::when_bulky}),
                         [](auto const& tested) { return std::string(tested.param.name); });

TEST(PipePool, GivesNothingBeyondItsLimitAndReusesEmptyPipes) {
  std::size_t const before = open_descriptors();
  {
    PipePool pool(PipeLimits{.size = 1U << 20, .useful = 4096, .pipes = 2});
    Pipe* const first = pool.take();
    Pipe* const second = pool.take();
    ASSERT_TRUE(first && second);
    EXPECT_EQ(pool.take(), nullptr);
    pool.give_back(first);
    EXPECT_EQ(pool.take(), first);
    second->held = 10;  // bytes of a dead connection must not reach another one
    pool.give_back(second);
    EXPECT_EQ(pool.open_pipes(), 1U);
    pool.give_back(first);
  }
  EXPECT_EQ(open_descriptors(), before);
}

TEST(PipePool, ASmallPipeIsRefusedSoThatTheCallerCopies) {
  PipePool pool(PipeLimits{.size = 4096, .useful = 65536, .pipes = 2});
  EXPECT_EQ(pool.take(), nullptr);
}

TEST(RelayWithoutPipes, CopiesWhereNoPipeIsToBeHad) {
  RelayTools tools{16384, PipeLimits{.pipes = 0}};
  auto const in = connected_pair(AF_INET);
  auto const out = connected_pair(AF_INET);
  Transport from(in[1]), to(out[1]);
  Flow flow;
  flow.splice = SpliceUse::from_first_byte;
  flow.readable = true;
  ASSERT_EQ(::send(in[0], "copied", 6, 0), 6);
  EXPECT_EQ(pump(flow, from, to, tools, false).read, 6U);
  EXPECT_EQ(read_all(out[0], 6), "copied");
  ::close(in[0]);
  ::close(out[0]);
}

}  // namespace
}  // namespace shunt::runtime
