// The connection without a kernel: every step beside a real pair of unix sockets.
#include "runtime/memory_socket.hpp"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "runtime/relay.hpp"
#include "tests/runtime/socket_test_tools.hpp"

namespace shunt::runtime {
namespace {

constexpr std::uint32_t all_events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

struct Watcher final : Handler {
  std::uint32_t seen = 0;
  int times = 0;
  void on_ready(unsigned, std::uint32_t events) override { seen = events, ++times; }
  void on_deadline() override {}
  void destroy() override {}
};

// The same calls on both kinds; what they say has to be the same.
struct Pairs {
  Engine engine;
  RelayTools tools{16384, PipeLimits{}};
  std::pair<MemorySocket*, MemorySocket*> memory = MemorySocket::make_pair(engine, tools);
  std::array<int, 2> kernel = connected_pair(AF_UNIX);
  Watcher watched, kernel_watched;

  Pairs() {
    memory.second->watch(watched, 0, all_events);
    engine.add(kernel[1], kernel_watched, 0, all_events);
    turn();
  }
  ~Pairs() {
    if (memory.first) memory.first->close();
    if (memory.second) memory.second->close();
    engine.turn(0);
    for (const int fd : kernel)
      if (fd >= 0) ::close(fd);
    EXPECT_EQ(tools.buffers.lent(), 0u);
    EXPECT_EQ(tools.pipes.open_pipes(), tools.pipes.kept());
  }

  void turn() {
    engine.turn(0);
    EXPECT_EQ(watched.seen, kernel_watched.seen);
    EXPECT_EQ(watched.times, kernel_watched.times);
    watched.seen = kernel_watched.seen = 0;
  }
  static std::string outcome(ssize_t done, const char* bytes) {
    if (done < 0) return "errno " + std::to_string(errno);
    return std::string(bytes, static_cast<std::size_t>(done));
  }
  std::string send(std::string_view text) {
    const ssize_t sent = memory.first->send(text);
    const std::string result = sent < 0 ? outcome(sent, "") : std::to_string(sent);
    const ssize_t real = ::send(kernel[0], text.data(), text.size(), MSG_NOSIGNAL);
    EXPECT_EQ(result, real < 0 ? outcome(real, "") : std::to_string(real));
    return result;
  }
  std::string receive(std::size_t size = 100) {
    std::string room(size, '\0'), kernel_room(size, '\0');
    const std::string got = outcome(memory.second->receive(room.data(), size), room.data());
    EXPECT_EQ(got, outcome(::recv(kernel[1], kernel_room.data(), size, 0), kernel_room.data()));
    return got;
  }
};

TEST(MemorySocket, BytesArriveInOrderAndEachIsAnnounced) {
  Pairs pairs;
  EXPECT_EQ(pairs.receive(), "errno " + std::to_string(EAGAIN));
  EXPECT_EQ(pairs.send("ab"), "2");
  pairs.turn();
  EXPECT_EQ(pairs.send("cd"), "2");
  pairs.turn();
  EXPECT_EQ(pairs.receive(3), "abc");
  EXPECT_EQ(pairs.receive(), "d");
  EXPECT_EQ(pairs.receive(), "errno " + std::to_string(EAGAIN));
}

TEST(MemorySocket, HalfCloseEndsOneDirection) {
  Pairs pairs;
  pairs.send("last");
  pairs.memory.first->shutdown_write();
  ::shutdown(pairs.kernel[0], SHUT_WR);
  pairs.engine.turn(0);
  EXPECT_EQ(pairs.watched.seen, pairs.kernel_watched.seen);
  EXPECT_EQ(pairs.receive(), "last");
  EXPECT_EQ(pairs.receive(), "");
  EXPECT_EQ(pairs.send("x"), "errno " + std::to_string(EPIPE));
  ASSERT_EQ(pairs.memory.second->send("answer"), 6);
  std::array<char, 10> room;
  EXPECT_EQ(pairs.memory.first->receive(room.data(), room.size()), 6);
}

TEST(MemorySocket, UnreadBytesMakeTheOtherEndFailBehindItsOwn) {
  Pairs pairs;
  pairs.send("mine");
  ASSERT_EQ(pairs.memory.second->send("never read"), 10);
  ASSERT_EQ(::send(pairs.kernel[1], "never read", 10, 0), 10);
  std::exchange(pairs.memory.first, nullptr)->close();
  ::close(std::exchange(pairs.kernel[0], -1));
  pairs.engine.turn(0);
  EXPECT_EQ(pairs.watched.seen, pairs.kernel_watched.seen);
  EXPECT_EQ(pairs.receive(), "mine");
  EXPECT_EQ(pairs.receive(), "errno " + std::to_string(ECONNRESET));
  EXPECT_EQ(pairs.receive(), "");
}

TEST(MemorySocket, AFullInboxHoldsTheSenderUpUntilThereIsRoom) {
  Pairs pairs;
  MemorySocket& sender = *pairs.memory.second;
  const std::string much(MemorySocket::capacity, 'x');
  ASSERT_EQ(sender.send(much + "y"), static_cast<ssize_t>(much.size()));
  EXPECT_EQ(sender.send("y"), -1);
  EXPECT_EQ(errno, EAGAIN);
  pairs.engine.turn(0);
  const int before = pairs.watched.times;
  std::string room(1000, '\0');
  ASSERT_EQ(pairs.memory.first->receive(room.data(), room.size()), 1000);
  pairs.engine.turn(0);
  EXPECT_EQ(pairs.watched.times, before + 1);
  EXPECT_NE(pairs.watched.seen & EPOLLOUT, 0u);
  EXPECT_EQ(sender.send(much), 1000);
}

// A pipe that changes hands is read as bytes by who wants bytes, and keeps its place among them.
TEST(MemorySocket, PipesAndBytesKeepTheirOrder) {
  Pairs pairs;
  MemorySocket& sender = *pairs.memory.first;
  MemorySocket& receiver = *pairs.memory.second;
  Pipe* const pipe = pairs.tools.pipes.take();
  if (!pipe) GTEST_SKIP() << "the kernel gives no pipe";
  ASSERT_EQ(::write(pipe->write_end, "piped", 5), 5);
  pipe->held = 5;
  ASSERT_EQ(sender.send("first"), 5);
  EXPECT_FALSE(sender.send_pipe(pipe));
  EXPECT_EQ(receiver.receive_pipe(), nullptr);
  std::array<char, 10> room;
  ASSERT_EQ(receiver.receive(room.data(), room.size()), 5);
  ASSERT_TRUE(sender.send_pipe(pipe));
  EXPECT_EQ(sender.send("behind"), -1);
  ASSERT_EQ(receiver.receive(room.data(), 2), 2);
  EXPECT_EQ(std::string_view(room.data(), 2), "pi");
  ASSERT_EQ(receiver.receive_pipe(), pipe);
  EXPECT_EQ(pipe->held, 3u);
  EXPECT_EQ(sender.send("behind"), 6);
  EXPECT_TRUE(sender.can_send());
  std::exchange(pairs.memory.second, nullptr)->close();
  EXPECT_FALSE(sender.can_send());
  EXPECT_FALSE(sender.send_pipe(pipe));
  pairs.tools.pipes.give_back(pipe);
}

TEST(MemorySocket, NewsFromOutsideATurnMakesTheEngineReadable) {
  Pairs pairs;
  ASSERT_EQ(pairs.memory.first->send("x"), 1);
  epoll_event event{};
  const int outer = ::epoll_create1(0);
  ::epoll_ctl(outer, EPOLL_CTL_ADD, pairs.engine.descriptor(), &event);
  event.events = EPOLLIN;
  ::epoll_ctl(outer, EPOLL_CTL_MOD, pairs.engine.descriptor(), &event);
  EXPECT_EQ(::epoll_wait(outer, &event, 1, 1000), 1);
  ::close(outer);
  pairs.engine.turn(0);
  EXPECT_NE(pairs.watched.seen & EPOLLIN, 0u);
}

}  // namespace
}  // namespace shunt::runtime
