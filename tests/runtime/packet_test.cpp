// What rules learn and change of packets: the client's first one, and how far a reset goes.
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "runtime/packet_options.hpp"
#include "tests/runtime/running_proxy.hpp"

namespace shunt::runtime {
namespace {

std::string listen(std::uint16_t port, std::uint16_t server, std::string_view bind, std::string_view rules) {
  return fmt::format(
      "defaults\n mode tcp\n timeout connect 2s\n timeout client 5s\n timeout server 5s\n"
      "listen l\n bind 127.0.0.1:{} {}\n{} server s 127.0.0.1:{}\n",
      port, bind, rules, server);
}

std::string answer(const std::string& bind, const std::string& rules) {
  LoopbackServer server(echo);
  std::uint16_t const port = free_port();
  RunningProxy proxy(listen(port, server.port, bind, rules));
  if (!proxy.error.empty()) return proxy.error;
  int const fd = connect_to(port);
  ::send(fd, "hello", 5, MSG_NOSIGNAL);
  ::shutdown(fd, SHUT_WR);
  std::string said = read_all(fd);
  ::close(fd);
  return said;
}

TEST(SavedSyn, IsThereWhereTheBindLineAsksForIt) {
  std::string const from_ip = " tcp-request connection reject unless { fc_saved_syn,ip.ver 4 }\n";
  EXPECT_EQ(answer("tcp-ss 1", from_ip), "hello");
  EXPECT_NE(answer("", from_ip), "hello");
  EXPECT_EQ(answer("tcp-ss 2", " tcp-request connection reject unless { fc_saved_syn,eth.proto 2048 }\n"),
            "hello");
  // The kernel tells it once.
  EXPECT_EQ(answer("tcp-ss 1",
                   " tcp-request connection set-var(sess.syn) fc_saved_syn\n"
                   " tcp-request connection reject if { fc_saved_syn -m found }\n"
                   " tcp-request content reject unless { var(sess.syn),ip.data,tcp.dst,sub(1) -m found }\n"),
            "hello");
}

int option(int fd, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, level, name, &value, &size) == 0 ? value : -1;
}

TEST(PacketOptions, ReachTheSocketOfEitherFamily) {
  int const four = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int const six = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  for (int const fd : {four, six}) {
    set_tos(fd, 32);
    set_hop_limit(fd, 3);
  }
  EXPECT_EQ(option(four, IPPROTO_IP, IP_TOS), 32);
  EXPECT_EQ(option(four, IPPROTO_IP, IP_TTL), 3);
  if (six >= 0) {
    EXPECT_EQ(option(six, IPPROTO_IPV6, IPV6_TCLASS), 32);
    EXPECT_EQ(option(six, IPPROTO_IPV6, IPV6_UNICAST_HOPS), 3);
    ::close(six);
  }
  ::close(four);
}

}  // namespace
}  // namespace shunt::runtime
