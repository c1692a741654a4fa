// The way of log lines from a sender through a ring to its server.
#include "runtime/ring_forwarder.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>

#include "runtime/log_sender.hpp"

namespace shunt::runtime {
namespace {

using namespace std::chrono_literals;

// A server on a port of its own; what it gets is read without waiting.
class Collector {
 public:
  explicit Collector(std::uint16_t port = 0) {
    listener_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int one = 1, small = 4096;
    ::setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    ::setsockopt(listener_.get(), SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address_.sin_port = htons(port);
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address_), sizeof(address_)), 0);
    EXPECT_EQ(::listen(listener_.get(), 4), 0);
    socklen_t size = sizeof(address_);
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address_), &size);
  }
  [[nodiscard]] std::uint16_t port() const { return ntohs(address_.sin_port); }
  bool accept() {
    const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) connection_.reset(fd);
    return fd >= 0;
  }
  void hang_up() { connection_.reset(); }
  void half_close() const { ::shutdown(connection_.get(), SHUT_WR); }
  const std::string& heard() {
    char part[65536];
    for (;;) {
      const auto got = ::recv(connection_.get(), part, sizeof(part), 0);
      if (got <= 0) return heard_;
      heard_.append(part, static_cast<std::size_t>(got));
    }
  }

 private:
  UniqueFd listener_, connection_;
  sockaddr_in address_{};
  std::string heard_;
};

struct RingForwarderTest : testing::Test {
  using Rings = std::vector<graph::Ring>;
  static Rings rings_of(std::uint16_t port, std::uint32_t size = 16384, bool octets = false) {
    graph::RingServer server{.name = "x", .counts_octets = octets};
    server.endpoint.family = fetchers::Family::ipv4;
    server.endpoint.address[0] = 127;
    server.endpoint.address[3] = 1;
    server.endpoint.port = port;
    return {{.name = "r", .length = size, .size = size, .servers = {server}}};
  }
  void start(const Rings& these) {
    rings.adopt(these);
    forwarders.adopt(these);
    target.kind = graph::LogTarget::Kind::ring;
    target.path = "r";
    target.format = graph::LogWireFormat::raw;
    target.length = 65535;
  }
  void say(std::string_view text) { sender.send({target}, graph::LogLevel::info, "tag", text); }
  // Runs the main thread's work until it is so.
  bool until(const std::function<bool()>& what) {
    const auto limit = std::chrono::steady_clock::now() + 10s;
    while (std::chrono::steady_clock::now() < limit) {
      io.run_for(5ms);
      if (what()) return true;
    }
    return false;
  }
  bool hears(Collector& collector, std::string_view text) {
    return until([&] { return collector.heard() == text; });
  }

  boost::asio::io_context io{1};
  LogRings rings;
  LogSender sender{nullptr, &rings};
  RingForwarders forwarders{io, rings};
  graph::LogTarget target;
};

TEST_F(RingForwarderTest, lines_come_in_order_whenever_they_are_said) {
  Collector collector;
  start(rings_of(collector.port()));
  say("one");
  ASSERT_TRUE(until([&] { return collector.accept(); }));
  EXPECT_TRUE(hears(collector, "one\n"));
  say("two");
  say("three");
  EXPECT_TRUE(hears(collector, "one\ntwo\nthree\n"));
}

TEST_F(RingForwarderTest, octets_are_counted) {
  Collector collector;
  start(rings_of(collector.port(), 16384, true));
  say("one");
  ASSERT_TRUE(until([&] { return collector.accept(); }));
  EXPECT_TRUE(hears(collector, "3 one"));
}

TEST_F(RingForwarderTest, a_server_that_comes_late_gets_what_was_kept) {
  std::uint16_t port = 0;
  {
    const Collector free_port;
    port = free_port.port();
  }
  start(rings_of(port));
  io.run_for(20ms);  // refused
  say("one");
  Collector collector(port);
  ASSERT_TRUE(until([&] { return collector.accept(); }));
  EXPECT_TRUE(hears(collector, "one\n"));
}

TEST_F(RingForwarderTest, a_connection_that_ends_is_made_again_and_nothing_comes_twice) {
  Collector collector;
  start(rings_of(collector.port()));
  say("one");
  ASSERT_TRUE(until([&] { return collector.accept(); }));
  ASSERT_TRUE(hears(collector, "one\n"));
  collector.half_close();
  ASSERT_TRUE(until([&] { return collector.accept(); }));
  say("two");
  EXPECT_TRUE(hears(collector, "one\ntwo\n"));
}

TEST_F(RingForwarderTest, a_server_that_does_not_read_costs_new_lines_and_is_told_how_many) {
  Collector collector;
  start(rings_of(collector.port(), 65536));
  ASSERT_TRUE(until([&] { return collector.accept(); }));
  const std::string line(1000, 'x');
  const std::uint64_t before = sender.lost();
  ASSERT_TRUE(until([&] {
    for (int number = 0; number < 30; ++number) say(line);  // half of the ring
    return sender.lost() >= before + 5;
  }));
  // Every line was kept or counted as lost.
  ASSERT_TRUE(until([&] {
    const std::size_t had = collector.heard().size();
    io.run_for(50ms);
    return collector.heard().size() == had;
  }));
  say("last");
  EXPECT_TRUE(until([&] { return collector.heard().ends_with("dropped\nlast\n"); }));
}

TEST_F(RingForwarderTest, what_is_left_at_the_end_is_sent) {
  Collector collector;
  start(rings_of(collector.port()));
  say("one");
  ASSERT_TRUE(until([&] { return collector.accept(); }));
  ASSERT_TRUE(hears(collector, "one\n"));
  say("two");
  forwarders.finish();
  EXPECT_EQ(collector.heard(), "one\ntwo\n");
}

TEST_F(RingForwarderTest, a_reload_keeps_the_connection_or_takes_it_away) {
  Collector collector, other;
  start(rings_of(collector.port()));
  ASSERT_TRUE(until([&] { return collector.accept(); }));
  start(rings_of(collector.port(), 32768));
  say("one");
  EXPECT_TRUE(hears(collector, "one\n"));
  EXPECT_FALSE(collector.accept());
  start(rings_of(other.port()));
  say("two");
  ASSERT_TRUE(until([&] { return other.accept(); }));
  EXPECT_TRUE(until([&] { return other.heard().ends_with("two\n"); }));
  EXPECT_EQ(collector.heard(), "one\n");
}

}  // namespace
}  // namespace shunt::runtime
