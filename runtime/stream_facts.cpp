// What the kernel tells of a stream's sockets, and what rules tell it.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "runtime/packet_options.hpp"
#include "runtime/socket_address.hpp"
#include "runtime/stream.hpp"

namespace shunt::runtime {
namespace {

std::optional<fetchers::TcpFacts> tcp_facts(int fd) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (fd < 0 || ::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  return fetchers::TcpFacts{.rtt_us = info.tcpi_rtt,
                            .rtt_variance_us = info.tcpi_rttvar,
                            .unacknowledged = info.tcpi_unacked,
                            .sacked = info.tcpi_sacked,
                            .lost = info.tcpi_lost,
                            .retransmitted = info.tcpi_retrans,
                            .forward_acknowledged = info.tcpi_fackets,
                            .reordering = info.tcpi_reordering};
}

}  // namespace

std::optional<fetchers::TcpFacts> Stream::client_facts() const { return tcp_facts(client_.fd()); }
std::optional<fetchers::TcpFacts> Stream::server_facts() const { return tcp_facts(server_.fd()); }

std::size_t Stream::saved_syn(std::span<char> room) const {
  auto size = static_cast<socklen_t>(room.size());
  return ::getsockopt(client_.fd(), IPPROTO_TCP, TCP_SAVED_SYN, room.data(), &size) == 0 ? size : 0;
}

void Stream::mark_client(std::uint32_t mark) const { set_mark(client_.fd(), mark); }
void Stream::set_client_tos(std::uint8_t tos) const { set_tos(client_.fd(), tos); }

fetchers::Endpoint Stream::server_source() const {
  if (server_.inside()) return {.family = fetchers::Family::unix_socket};
  return server_.fd() >= 0 ? to_endpoint(local_address(server_.fd())) : fetchers::Endpoint{};
}

}  // namespace shunt::runtime
