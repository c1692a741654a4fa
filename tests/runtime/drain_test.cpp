// What a peer has sent is thrown away, whatever carries it, and never without an end.
#include "runtime/drain.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <string>

#include "runtime/memory_socket.hpp"
#include "runtime/relay.hpp"
#include "tests/runtime/socket_test_tools.hpp"

namespace shunt::runtime {
namespace {

class Drain : public testing::TestWithParam<int> {
 protected:
  Drain() : ends(connected_pair(GetParam())) {}
  ~Drain() override {
    for (const int fd : ends) ::close(fd);
  }
  void send(std::string_view text) {
    ASSERT_EQ(::send(ends[0], text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  [[nodiscard]] bool empty() const {
    char byte = 0;
    return ::recv(ends[1], &byte, 1, MSG_DONTWAIT | MSG_PEEK) <= 0;
  }
  std::array<int, 2> ends;
};

TEST_P(Drain, TakesAllAndTellsOfTheEnd) {
  EXPECT_FALSE(drain({.fd = ends[1]}));
  send(std::string(50'000, 'x'));
  EXPECT_FALSE(drain({.fd = ends[1]}));
  EXPECT_TRUE(empty());
  send("more");
  ::shutdown(ends[0], SHUT_WR);
  EXPECT_TRUE(drain({.fd = ends[1]}));
}

INSTANTIATE_TEST_SUITE_P(Kinds, Drain, testing::Values(AF_UNIX, AF_INET));

TEST(DrainInMemory, TakesAllAndTellsOfTheEnd) {
  Engine engine;
  RelayTools tools{16384, PipeLimits{}};
  const auto [client, ours] = MemorySocket::make_pair(engine, tools);
  ASSERT_EQ(client->send("alert"), 5);
  EXPECT_FALSE(drain({.memory = ours}));
  char byte = 0;
  EXPECT_LT(ours->receive(&byte, 1), 0);
  ASSERT_EQ(client->send("alert"), 5);
  client->close();
  EXPECT_TRUE(drain({.memory = ours}));
  ours->close();
  engine.turn(0);
}

}  // namespace
}  // namespace shunt::runtime
