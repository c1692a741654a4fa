// The four socket options of keep-alive probes.
#include "runtime/keep_alive.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace shunt::runtime {

void set_keep_alive(int fd, const graph::KeepAlive& probes) {
  const auto set = [fd](int level, int option, std::uint32_t value) {
    int const wanted = static_cast<int>(value);
    if (value != 0) ::setsockopt(fd, level, option, &wanted, sizeof wanted);
  };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPCNT, probes.count);
  set(IPPROTO_TCP, TCP_KEEPIDLE, probes.idle);
  set(IPPROTO_TCP, TCP_KEEPINTVL, probes.interval);
}

}  // namespace shunt::runtime
