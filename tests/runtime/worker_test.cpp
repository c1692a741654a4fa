// Whole connections through real workers on loopback: bytes, ends, resets, timeouts, limits, TLS, PROXY
// headers, soft stop.
#include "runtime/worker.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <atomic>

#include "runtime/socket_address.hpp"
#include "tests/runtime/running_proxy.hpp"
#include "tests/runtime/test_certificate.hpp"

namespace shunt::runtime {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::string defaults(std::string_view extra = "") {
  return fmt::format("defaults\n mode tcp\n timeout connect 2s\n timeout client 5s\n timeout server 5s\n{}",
                     extra);
}

std::string listen(std::uint16_t port, std::uint16_t server, std::string_view extra = "",
                   std::string_view bind = "", std::string_view server_extra = "") {
  return fmt::format("listen l{0}\n bind 127.0.0.1:{0} {3}\n{2} server s 127.0.0.1:{1} {4}\n", port, server,
                     extra, bind, server_extra);
}

void send_text(int fd, std::string_view text) {
  ASSERT_EQ(::send(fd, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
}

milliseconds since(steady_clock::time_point begin) {
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin);
}

TEST(Proxy, EchoesAndKeepsTheHalfClosedDirection) {
  LoopbackServer server(echo);
  std::uint16_t const port = free_port();
  RunningProxy proxy(defaults() + listen(port, server.port));
  ASSERT_EQ(proxy.error, "");
  int const fd = connect_to(port);
  ASSERT_GE(fd, 0);
  send_text(fd, "hello");
  EXPECT_EQ(read_all(fd, 5), "hello");
  send_text(fd, "more");
  ::shutdown(fd, SHUT_WR);
  EXPECT_EQ(read_all(fd), "more");
  ::close(fd);
}

TEST(Proxy, CarriesMegabytesBothWaysAtOnce) {
  LoopbackServer server(echo);
  std::uint16_t const port = free_port();
  for (const char* const splice :
       {"", " option splice-auto\n", " option splice-request\n option splice-response\n"}) {
    RunningProxy proxy(defaults() + listen(port, server.port, splice), 2);
    ASSERT_EQ(proxy.error, "");
    int const fd = connect_to(port);
    std::string sent(12U << 20, '\0');
    for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>(i * 2654435761U >> 11);
    std::thread writer([&] {
      for (std::size_t at = 0; at < sent.size();) {
        ssize_t const n =
            ::send(fd, sent.data() + at, std::min<std::size_t>(sent.size() - at, 300000), MSG_NOSIGNAL);
        if (n <= 0) break;
        at += static_cast<std::size_t>(n);
      }
      ::shutdown(fd, SHUT_WR);
    });
    EXPECT_TRUE(read_all(fd) == sent);
    writer.join();
    ::close(fd);
  }
}

TEST(Proxy, AServerThatSpeaksFirstIsHeard) {
  LoopbackServer server([](int fd) { ::send(fd, "220 hello\r\n", 11, MSG_NOSIGNAL); });
  std::uint16_t const port = free_port();
  RunningProxy proxy(defaults() + listen(port, server.port));
  int const fd = connect_to(port);
  EXPECT_EQ(read_all(fd), "220 hello\r\n");
  ::close(fd);
}

TEST(Proxy, PassesAResetOfTheClientOnAndShowsAnEndForOneOfTheServer) {
  std::atomic<int> seen{0};
  LoopbackServer server([&](int fd) {
    std::string const got = read_all(fd, 1);
    if (got == "r") {
      linger const at_once{.l_onoff = 1, .l_linger = 0};
      ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      return;
    }
    std::array<char, 1> byte;
    ssize_t const n = ::recv(fd, byte.data(), 1, 0);
    seen = n < 0 ? errno : -1;
  });
  std::uint16_t const port = free_port();
  {
    RunningProxy proxy(defaults() + listen(port, server.port));
    int fd = connect_to(port);
    send_text(fd, "r");
    EXPECT_EQ(read_all(fd), "");
    ::close(fd);
    fd = connect_to(port);
    send_text(fd, "c");
    auto const begin = steady_clock::now();
    while (proxy.counters.accepted < 2 && since(begin) < milliseconds(5000)) std::this_thread::yield();
    reset_and_close(fd);
    while (seen == 0 && since(begin) < milliseconds(5000)) std::this_thread::yield();
  }
  EXPECT_EQ(seen, ECONNRESET);
}

TEST(Proxy, AnIdleConnectionEndsAtItsTimeoutAndActivityMovesIt) {
  LoopbackServer server(echo);
  std::uint16_t const port = free_port();
  RunningProxy proxy(defaults(" timeout client 150ms\n") + listen(port, server.port));
  int const fd = connect_to(port);
  auto begin = steady_clock::now();
  send_text(fd, "x");
  EXPECT_EQ(read_all(fd, 1), "x");
  begin = steady_clock::now();
  EXPECT_EQ(read_all(fd), "");
  EXPECT_GE(since(begin), milliseconds(140));
  EXPECT_LT(since(begin), milliseconds(2000));
  ::close(fd);
}

TEST(Proxy, RulesSeeTheFirstBytesAndChooseTheBackend) {
  LoopbackServer first([](int fd) {
    ::send(fd, "first", 5, MSG_NOSIGNAL);
    read_all(fd);
  });
  LoopbackServer second([](int fd) {
    ::send(fd, "second", 6, MSG_NOSIGNAL);
    read_all(fd);
  });
  std::uint16_t const port = free_port();
  RunningProxy proxy(
      defaults() + fmt::format("frontend f\n bind 127.0.0.1:{}\n tcp-request inspect-delay 200ms\n"
                               " tcp-request content accept if {{ req.len ge 4 }}\n"
                               " use_backend b2 if {{ req.payload(0,4) -m str wxyz }}\n default_backend b1\n"
                               "backend b1\n server s 127.0.0.1:{}\nbackend b2\n server s 127.0.0.1:{}\n",
                               port, first.port, second.port));
  ASSERT_EQ(proxy.error, "");
  for (auto const& [sent, answer] : {std::pair{"wxyz", "second"}, {"abcd", "first"}, {"", "first"}}) {
    int const fd = connect_to(port);
    auto const begin = steady_clock::now();
    if (*sent) send_text(fd, sent);
    EXPECT_EQ(read_all(fd, std::strlen(answer)), answer) << sent;
    if (!*sent) {
      EXPECT_GE(since(begin), milliseconds(200));
    }
    ::close(fd);
  }
}

TEST(Proxy, WhatRulesHaveReadReachesTheServerInOrder) {
  LoopbackServer server(echo);
  std::uint16_t const port = free_port();
  RunningProxy proxy(
      defaults() +
      listen(port, server.port,
             " tcp-request inspect-delay 5s\n tcp-request content accept if { req.len ge 20000 }\n"));
  int const fd = connect_to(port);
  std::string sent;
  for (int i = 0; sent.size() < 40000; ++i) sent += fmt::format("{} ", i);
  send_text(fd, sent);  // more than the buffer: the rule is decided at its limit
  ::shutdown(fd, SHUT_WR);
  EXPECT_TRUE(read_all(fd) == sent);
  ::close(fd);
}

TEST(Proxy, TheProxyHeaderTravelsFromBindToServer) {
  LoopbackServer server(echo);
  auto const [outer, inner] = free_ports<2>();
  RunningProxy proxy(defaults() + listen(outer, inner, "", "", "send-proxy-v2") +
                     listen(inner, server.port, "", "accept-proxy", "send-proxy"));
  ASSERT_EQ(proxy.error, "");
  int const fd = connect_to(outer);
  sockaddr_in own{};
  socklen_t size = sizeof own;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size);
  send_text(fd, "hello");
  std::string const expected =
      fmt::format("PROXY TCP4 127.0.0.1 127.0.0.1 {} {}\r\nhello", ntohs(own.sin_port), outer);
  EXPECT_EQ(read_all(fd, expected.size()), expected);
  ::close(fd);
}

// HAProxy leaves the bytes of a bad header unread, so that its client sees a reset.
TEST(Proxy, ABadProxyHeaderEndsTheConnectionAtOnce) {
  LoopbackServer server(echo);
  std::uint16_t const port = free_port();
  RunningProxy proxy(defaults() + listen(port, server.port, "", "accept-proxy"));
  int const fd = connect_to(port);
  send_text(fd, "PROX");
  EXPECT_EQ(read_all(fd), "<error Connection reset by peer>");
  ::close(fd);
}

// The header, the bytes and the end can come in one piece; the end must not be waited for again.
TEST(Proxy, AnEndRightBehindTheProxyHeaderIsNotMissed) {
  LoopbackServer server(echo);
  std::uint16_t const port = free_port();
  RunningProxy proxy(defaults() + listen(port, server.port, "", "accept-proxy"));
  ASSERT_EQ(proxy.error, "");
  for (int i = 0; i < 50; ++i) {
    int const fd = connect_to(port);
    auto const begin = steady_clock::now();
    send_text(fd, "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nhello");
    ::shutdown(fd, SHUT_WR);
    EXPECT_EQ(read_all(fd), "hello");
    EXPECT_LT(since(begin), milliseconds(4000));
    ::close(fd);
  }
}

TEST(Proxy, TlsIsTerminated) {
  TemporaryDirectory directory;
  write_certificate(directory.file("a.pem"), "a.test");
  LoopbackServer server(echo);
  std::uint16_t const port = free_port();
  RunningProxy proxy(defaults() + listen(port, server.port, "", "ssl crt " + directory.file("a.pem")));
  ASSERT_EQ(proxy.error, "");
  SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
  int const fd = connect_to(port);
  SSL* const ssl = SSL_new(context);
  SSL_set_fd(ssl, fd);
  ASSERT_EQ(SSL_connect(ssl), 1);
  ASSERT_EQ(SSL_write(ssl, "secret", 6), 6);
  std::array<char, 16> bytes{};
  ASSERT_EQ(SSL_read(ssl, bytes.data(), bytes.size()), 6);
  EXPECT_EQ(std::string(bytes.data(), 6), "secret");
  SSL_shutdown(ssl);
  EXPECT_EQ(SSL_read(ssl, bytes.data(), bytes.size()), 0);  // the server's end arrives as close_notify
  EXPECT_EQ(SSL_get_error(ssl, 0), SSL_ERROR_ZERO_RETURN);
  SSL_free(ssl);
  SSL_CTX_free(context);
  ::close(fd);
}

TEST(Proxy, AtTheLimitClientsWaitInTheBacklog) {
  LoopbackServer server(echo);
  std::uint16_t const port = free_port();
  RunningProxy proxy(defaults() + listen(port, server.port, " maxconn 2\n"), 2);
  ASSERT_EQ(proxy.error, "");
  std::array<int, 3> fds{};
  for (int& fd : fds) {
    fd = connect_to(port);
    send_text(fd, "x");
  }
  // Whichever two were taken: exactly one has no answer yet.
  auto const answered = [&] {
    int count = 0;
    for (int const fd : fds) {
      char byte;
      count += ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
    }
    return count;
  };
  auto const begin = steady_clock::now();
  while (answered() < 2 && since(begin) < milliseconds(5000)) std::this_thread::yield();
  EXPECT_EQ(answered(), 2);
  int waiting = -1;
  for (int& fd : fds) {
    char byte;
    if (::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) != 1) waiting = fd;
  }
  ASSERT_GE(waiting, 0);
  for (int const fd : fds)
    if (fd != waiting) ::close(fd);
  EXPECT_EQ(read_all(waiting, 1), "x");
  ::close(waiting);
}

TEST(Proxy, ASoftStopLetsConnectionsFinish) {
  LoopbackServer server(echo);
  std::uint16_t const port = free_port();
  RunningProxy proxy(defaults() + listen(port, server.port));
  int const fd = connect_to(port);
  send_text(fd, "a");
  EXPECT_EQ(read_all(fd, 1), "a");
  proxy.workers[0]->finish_and_stop();
  send_text(fd, "b");
  EXPECT_EQ(read_all(fd, 1), "b");
  ::close(fd);
  proxy.join();  // ends by itself, or the test hangs and fails by its limit
  EXPECT_EQ(proxy.workers[0]->connections(), 0U);
}

TEST(Proxy, ConnectionsDroppedAtAnyMomentLeaveNoDescriptor) {
  TemporaryDirectory directory;
  write_certificate(directory.file("a.pem"), "a.test");
  LoopbackServer server(echo);
  auto const [plain, tls, header] = free_ports<3>();
  RunningProxy proxy(
      defaults() +
      listen(plain, server.port,
             " tcp-request inspect-delay 5s\n tcp-request content accept if { req.len ge 5 }\n") +
      listen(tls, server.port, "", "ssl crt " + directory.file("a.pem")) +
      listen(header, server.port, "", "accept-proxy"));
  ASSERT_EQ(proxy.error, "");
  std::size_t const before = open_descriptors();
  for (int i = 0; i < 300; ++i) {
    int const fd = connect_to(i % 3 == 0 ? plain : i % 3 == 1 ? tls : header);
    ASSERT_GE(fd, 0);
    if (i % 2 == 0)
      send_text(fd, std::string_view("\x16\x03\x01\x02\x00\x01", static_cast<std::size_t>(i % 7)));
    if (i % 5 == 0) ::shutdown(fd, SHUT_WR);
    if (i % 11 == 0) {
      reset_and_close(fd);
    } else {
      ::close(fd);
    }
  }
  auto const begin = steady_clock::now();
  auto const settled = [&] { return proxy.counters.accepted == 300 && proxy.counters.connections == 0; };
  while (!settled() && since(begin) < milliseconds(8000)) std::this_thread::sleep_for(milliseconds(1));
  EXPECT_TRUE(settled());
  EXPECT_LE(open_descriptors(), before + 64);  // pipes and buffers that are kept, not one per connection
}

// One place for two threads: whoever waits for it is told when the other one's client has gone.
TEST(Worker, AThreadThatWaitsForAPlaceIsWoken) {
  LoopbackServer server(echo);
  auto const [whole, frontend] = free_ports<2>();
  RunningProxy proxy(
      defaults() + listen(whole, server.port) + listen(frontend, server.port, " maxconn 1\n backlog 64\n"), 2,
      2);
  for (std::uint16_t const port : {whole, frontend}) {
    std::vector<pollfd> clients;
    for (int i = 0; i < 24; ++i) {
      clients.push_back({.fd = connect_to(port), .events = POLLIN, .revents = 0});
      send_text(clients.back().fd, "x");
    }
    // Each is served while no other one is, and leaves as soon as it was.
    while (!clients.empty()) {
      ASSERT_GT(::poll(clients.data(), clients.size(), 5000), 0) << clients.size() << " are left";
      auto const served = std::ranges::find_if(clients, [](pollfd const& one) { return one.revents != 0; });
      EXPECT_EQ(read_all(served->fd, 1), "x");
      ::close(served->fd);
      clients.erase(served);
    }
  }
}

TEST(ListeningSockets, SaysWhatHAProxySaysWhenAnAddressIsTaken) {
  std::uint16_t port = 0;
  int const fd = listening_on_loopback(port);
  RunningProxy proxy(defaults() + listen(port, 1));
  EXPECT_EQ(proxy.error, fmt::format("cannot bind socket (Address already in use) for [127.0.0.1:{}]", port));
  ::close(fd);
}

TEST(ListeningSockets, EveryAddressIsTriedAndReportedOnce) {
  std::uint16_t first = 0, second = 0;
  int const one = listening_on_loopback(first), two = listening_on_loopback(second);
  auto const [free_port] = free_ports<1>();
  RunningProxy proxy(defaults() + listen(first, 1) + listen(free_port, 1) +
                         "frontend u\n bind /nonexistent/s\n" + listen(second, 1) +
                         "frontend v\n bind ipv6@[2001:db8::1]:80\n",
                     2);
  std::vector<std::string> messages;
  sort_as_haproxy(proxy.findings);
  for (auto const& finding : proxy.findings) messages.push_back(finding.message);
  EXPECT_EQ(messages,
            (std::vector<std::string>{
                "cannot bind socket (Cannot assign requested address) for [2001:db8::1:80]",
                fmt::format("cannot bind socket (Address already in use) for [127.0.0.1:{}]", first),
                fmt::format("cannot bind socket (Address already in use) for [127.0.0.1:{}]", second),
                "cannot bind UNIX socket (No such file or directory) [/nonexistent/s]"}));
  EXPECT_TRUE(proxy.workers.empty());
  ::close(one);
  ::close(two);
}

TEST(ListeningSockets, AnUnknownDeviceIsOnlyWarnedOf) {
  LoopbackServer server(echo);
  auto const [port] = free_ports<1>();
  RunningProxy proxy(defaults() + listen(port, server.port, "", "interface nosuch0"), 2);
  ASSERT_EQ(proxy.findings.size(), 1U);
  EXPECT_FALSE(proxy.findings[0].fatal);
  EXPECT_EQ(proxy.error, "");
  EXPECT_EQ(
      proxy.findings[0].message,
      fmt::format("cannot bind receiver to device 'nosuch0' (No such device) for [127.0.0.1:{}]", port));
  int const fd = connect_to(port);
  send_text(fd, "still served");
  EXPECT_EQ(read_all(fd, 12), "still served");
  ::close(fd);
}

TEST(ListeningSockets, AUnixSocketReplacesAStaleOneWithItsMode) {
  TemporaryDirectory directory;
  LoopbackServer server(echo);
  std::string const path = directory.file("s.sock");
  std::string const text =
      defaults() +
      fmt::format("listen l\n bind unix@{} mode 640\n server s 127.0.0.1:{}\n", path, server.port);
  for (int i = 0; i < 2; ++i) {
    RunningProxy proxy(text);
    ASSERT_EQ(proxy.error, "");
    EXPECT_EQ(static_cast<unsigned>(std::filesystem::status(path).permissions()), 0640U);
    int const fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    SocketAddress const address = unix_address(path, false);
    ASSERT_EQ(::connect(fd, address.get(), address.size), 0);
    send_text(fd, "x");
    EXPECT_EQ(read_all(fd, 1), "x");
    ::close(fd);
  }
}

}  // namespace
}  // namespace shunt::runtime
