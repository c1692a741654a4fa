// Workers that get another configuration while they serve: who is served by which, what stays open, what is
// freed.
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <array>
#include <chrono>
#include <latch>
#include <thread>

#include "runtime/reloader.hpp"
#include "runtime/socket_address.hpp"
#include "tests/runtime/running_proxy.hpp"

namespace shunt::runtime {
namespace {

using namespace std::chrono_literals;

// Serves its name, then echoes.
class Named {
 public:
  explicit Named(std::string name)
      : server([name = std::move(name)](int fd) {
          static_cast<void>(!::send(fd, name.data(), name.size(), MSG_NOSIGNAL));
          echo(fd);
        }) {}
  LoopbackServer server;
};

std::string config(std::uint16_t port, std::uint16_t server, std::string_view extra = "") {
  return fmt::format(
      "defaults\n mode tcp\n timeout connect 2s\n timeout client 60s\n timeout server 60s\n"
      "listen l\n bind 127.0.0.1:{}\n{} server s{} 127.0.0.1:{}\n",
      port, extra, server, server);
}

void say(int fd, std::string_view text) {
  ASSERT_EQ(::send(fd, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
}

// False: it did not come true within ten seconds.
template <class Condition>
bool becomes_true(const Condition& condition) {
  const auto limit = std::chrono::steady_clock::now() + 10s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > limit) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

std::string answer_at(std::uint16_t port, std::size_t size = 3) {
  const int fd = connect_to(port);
  if (fd < 0) return "refused";
  std::string answer = read_all(fd, size);
  ::close(fd);
  return answer;
}

class Generations : public testing::TestWithParam<std::uint32_t> {
 protected:
  Named one{"one"}, two{"two"};
  std::uint16_t port = free_port();
};

TEST_P(Generations, OldConnectionsGoOnAndNewOnesAreTheNextOnes) {
  RunningProxy proxy(config(port, one.server.port), GetParam());
  ASSERT_EQ(proxy.error, "");
  const std::weak_ptr<const Generation> first = proxy.generation();
  const int old = connect_to(port);
  EXPECT_EQ(read_all(old, 3), "one");
  ASSERT_TRUE(proxy.reload(config(port, two.server.port)));
  EXPECT_EQ(answer_at(port), "two");
  say(old, "still here");
  EXPECT_EQ(read_all(old, 10), "still here");
  EXPECT_FALSE(first.expired());
  ::shutdown(old, SHUT_WR);
  EXPECT_EQ(read_all(old), "");
  ::close(old);
  EXPECT_TRUE(becomes_true([&] { return first.expired(); }));
  EXPECT_TRUE(becomes_true([&] { return proxy.released == static_cast<int>(GetParam()); }));
}

TEST_P(Generations, NobodyIsRefusedOrCutWhileFilesChange) {
  RunningProxy proxy(config(port, one.server.port), GetParam());
  ASSERT_EQ(proxy.error, "");
  std::atomic<bool> done{false};
  std::atomic<int> served{0}, failed{0};
  std::thread clients([&] {
    while (!done) {
      const std::string answer = answer_at(port);
      ++(answer == "one" || answer == "two" ? served : failed);
    }
  });
  for (int i = 0; i < 50; ++i) {
    Named& server = i % 2 == 0 ? two : one;
    ASSERT_TRUE(proxy.reload(config(port, server.server.port, i % 3 == 0 ? " maxconn 1000\n" : "")));
    const int before = served + failed;
    EXPECT_TRUE(becomes_true([&] { return served + failed > before + 2; }));
  }
  done = true;
  clients.join();
  EXPECT_EQ(failed, 0);
  EXPECT_GT(served, 100);
}

TEST_P(Generations, AListenerThatVanishesServesWhoWaitsAndIsClosed) {
  const std::uint16_t other = free_port();
  const std::string second =
      fmt::format("listen o\n bind 127.0.0.1:{}\n server s 127.0.0.1:{}\n", other, two.server.port);
  RunningProxy proxy(config(port, one.server.port) + second, GetParam());
  ASSERT_EQ(proxy.error, "");
  const int kept = proxy.generation()->sockets->descriptor(0, 0);
  const int old = connect_to(other);
  EXPECT_EQ(read_all(old, 3), "two");
  ASSERT_TRUE(proxy.reload(config(port, one.server.port)));
  EXPECT_EQ(answer_at(other), "refused");
  say(old, "x");
  EXPECT_EQ(read_all(old, 1), "x");
  EXPECT_EQ(proxy.generation()->sockets->descriptor(0, 0), kept);
  ASSERT_TRUE(proxy.reload(config(port, one.server.port) + second));
  EXPECT_EQ(answer_at(other), "two");
  ::close(old);
}

// The workers are held up until the client stands in the backlog and the reload behind it.
TEST_P(Generations, WhoWaitsAtAListenerThatVanishesIsServed) {
  const std::uint16_t other = free_port();
  RunningProxy proxy(
      config(port, one.server.port) +
          fmt::format("listen o\n bind 127.0.0.1:{}\n server s 127.0.0.1:{}\n", other, two.server.port),
      GetParam());
  ASSERT_EQ(proxy.error, "");
  std::latch held(GetParam()), gate(1);
  for (auto const& worker : proxy.workers)
    worker->post([&] {
      held.count_down();
      gate.wait();
    });
  held.wait();
  const int waiting = connect_to(other);
  ASSERT_GE(waiting, 0);
  ASSERT_TRUE(proxy.reload(config(port, one.server.port), [&] { gate.count_down(); }));
  EXPECT_EQ(read_all(waiting, 3), "two");
  EXPECT_EQ(answer_at(other), "refused");
  ::close(waiting);
}

// What the line says of a socket that stays counts, and what it doesn't say any more does not.
TEST_P(Generations, OptionsOfKeptListenersAreThoseOfTheFile) {
  const auto text = [&](std::string_view options, std::string_view more) {
    return fmt::format(
        "defaults\n mode tcp\n timeout connect 2s\n timeout client 60s\n timeout server 60s\n"
        "listen l\n bind 127.0.0.1:{} {}\n{} server s 127.0.0.1:{}\n",
        port, options, more, one.server.port);
  };
  constexpr std::array<std::pair<int, int>, 7> options = {{{SOL_SOCKET, SO_KEEPALIVE},
                                                           {IPPROTO_TCP, TCP_KEEPIDLE},
                                                           {IPPROTO_TCP, TCP_KEEPCNT},
                                                           {IPPROTO_TCP, TCP_USER_TIMEOUT},
                                                           {IPPROTO_TCP, TCP_DEFER_ACCEPT},
                                                           {IPPROTO_TCP, TCP_FASTOPEN},
                                                           {IPPROTO_TCP, TCP_SAVE_SYN}}};
  const auto values = [&](const RunningProxy& proxy) {
    std::vector<int> found;
    for (const auto& [level, name] : options) {
      socklen_t size = sizeof(int);
      ::getsockopt(proxy.generation()->sockets->descriptor(0, 0), level, name, &found.emplace_back(), &size);
    }
    return found;
  };
  const std::string plain = text("", "");
  const std::string full =
      text("tcp-ut 5s defer-accept tfo tcp-ss 1", " option clitcpka\n clitcpka-idle 33s\n");
  RunningProxy proxy(plain, GetParam());
  ASSERT_EQ(proxy.error, "");
  const int kept = proxy.generation()->sockets->descriptor(0, 0);
  const std::vector<int> before = values(proxy);
  ASSERT_TRUE(proxy.reload(full));
  const std::vector<int> with = values(proxy);
  EXPECT_EQ(proxy.generation()->sockets->descriptor(0, 0), kept);
  EXPECT_EQ(with[1], 33);
  for (const std::size_t i : {0, 1, 3, 4, 5, 6}) EXPECT_NE(with[i], before[i]) << i;
  ASSERT_TRUE(proxy.reload(plain));
  EXPECT_EQ(values(proxy), before);
}

TEST_P(Generations, AnAddressThatIsTakenChangesNothing) {
  RunningProxy proxy(config(port, one.server.port), GetParam());
  ASSERT_EQ(proxy.error, "");
  const std::string taken =
      fmt::format("listen o\n bind 127.0.0.1:{}\n server s 127.0.0.1:{}\n", two.server.port, two.server.port);
  const auto before = proxy.generation();
  EXPECT_FALSE(proxy.reload(config(port, two.server.port) + taken));
  EXPECT_EQ(proxy.generation(), before);
  EXPECT_EQ(answer_at(port), "one");
}

TEST_P(Generations, CountsAreKept) {
  RunningProxy proxy(config(port, one.server.port), GetParam());
  ASSERT_EQ(proxy.error, "");
  EXPECT_EQ(answer_at(port), "one");
  EXPECT_TRUE(becomes_true([&] { return proxy.state().server(0).served == 0; }));
  ASSERT_TRUE(proxy.reload("listen first\n bind 127.0.0.1:" + std::to_string(free_port()) +
                           "\n server s :1\n" + config(port, one.server.port)));
  EXPECT_EQ(proxy.state().server(1).total, 1u);
  EXPECT_EQ(proxy.state().proxy(1).frontend_total, 1u);
  EXPECT_EQ(answer_at(port), "one");
  EXPECT_TRUE(becomes_true([&] { return proxy.state().server(1).total == 2; }));
}

// The server's one slot belongs to a session of the old generation; one of the new generation waits for it.
TEST_P(Generations, SlotsPassBetweenThem) {
  const std::string text = fmt::format("{}", config(port, one.server.port));
  const std::string limited = text.substr(0, text.size() - 1) + " maxconn 1\n";
  RunningProxy proxy(limited, GetParam());
  ASSERT_EQ(proxy.error, "");
  const int old = connect_to(port);
  EXPECT_EQ(read_all(old, 3), "one");
  ASSERT_TRUE(proxy.reload(limited));
  const int waiting = connect_to(port);
  EXPECT_TRUE(
      becomes_true([&] { return proxy.state().server(0).queued + proxy.state().proxy(0).queued == 1; }));
  ::close(old);
  EXPECT_EQ(read_all(waiting, 3), "one");
  ::close(waiting);
}

TEST_P(Generations, SessionsOfOneServerEndInAllGenerations) {
  RunningProxy proxy(config(port, one.server.port), GetParam());
  ASSERT_EQ(proxy.error, "");
  const int old = connect_to(port);
  EXPECT_EQ(read_all(old, 3), "one");
  ASSERT_TRUE(proxy.reload(config(port, one.server.port)));
  for (auto const& worker : proxy.workers)
    worker->end_sessions(&proxy.state().server(0), route::EndCause::server_down);
  EXPECT_EQ(read_all(old), "");
  ::close(old);
}

TEST_P(Generations, OneGenerationCanBeEnded) {
  RunningProxy proxy(config(port, one.server.port), GetParam());
  ASSERT_EQ(proxy.error, "");
  const std::weak_ptr<const Generation> first = proxy.generation();
  const int old = connect_to(port);
  EXPECT_EQ(read_all(old, 3), "one");
  ASSERT_TRUE(proxy.reload(config(port, two.server.port)));
  const int fresh = connect_to(port);
  EXPECT_EQ(read_all(fresh, 3), "two");
  for (auto const& worker : proxy.workers) worker->end_generation(first.lock().get());
  EXPECT_EQ(read_all(old), "");
  say(fresh, "x");
  EXPECT_EQ(read_all(fresh, 1), "x");
  ::close(old);
  ::close(fresh);
  EXPECT_TRUE(becomes_true([&] { return first.expired(); }));
}

TEST_P(Generations, ASoftStopWaitsForAllOfThem) {
  RunningProxy proxy(config(port, one.server.port), GetParam());
  ASSERT_EQ(proxy.error, "");
  const int old = connect_to(port);
  EXPECT_EQ(read_all(old, 3), "one");
  ASSERT_TRUE(proxy.reload(config(port, two.server.port)));
  for (auto const& worker : proxy.workers) worker->finish_and_stop();
  EXPECT_EQ(answer_at(port), "refused");
  say(old, "x");
  EXPECT_EQ(read_all(old, 1), "x");
  ::close(old);
  proxy.join();
}

INSTANTIATE_TEST_SUITE_P(Threads, Generations, testing::Values(1u, 4u));

TEST(SettingsThatStay, AreNamed) {
  graph::Global running, read;
  EXPECT_TRUE(keep_settings(running, read).empty());
  read.maxconn = 12;
  read.hard_stop_after = 1s;
  EXPECT_TRUE(keep_settings(running, read).empty());
  read.chroot = "/var/empty";
  read.tune.bufsize = 32768;
  EXPECT_EQ(keep_settings(running, read), (std::vector<std::string_view>{"chroot", "tune.bufsize"}));
  EXPECT_EQ(read.tune.bufsize, running.tune.bufsize);  // the buffers that there are
  EXPECT_EQ(read.chroot, "");
  EXPECT_EQ(read.maxconn, 12u);
}

}  // namespace
}  // namespace shunt::runtime
