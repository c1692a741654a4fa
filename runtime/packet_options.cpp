// The option of IPv4 and that of IPv6 are both tried: the socket's family decides which one is understood.
#include "runtime/packet_options.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

namespace shunt::runtime {
namespace {

void set(int fd, int level, int option, int value) {
  static_cast<void>(::setsockopt(fd, level, option, &value, sizeof value));
}

}  // namespace

void set_mark(int fd, std::uint32_t mark) {
  static_cast<void>(::setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof mark));
}

void set_tos(int fd, std::uint8_t tos) {
  set(fd, IPPROTO_IP, IP_TOS, tos);
  set(fd, IPPROTO_IPV6, IPV6_TCLASS, tos);
}

void set_hop_limit(int fd, std::uint8_t hops) {
  set(fd, IPPROTO_IP, IP_TTL, hops);
  set(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, hops);
}

}  // namespace shunt::runtime
