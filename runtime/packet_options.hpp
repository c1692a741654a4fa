// What the kernel writes into the packets of a socket: marks, type of service, hop limit. Where it can't,
// nothing happens, as in HAProxy.
#pragma once
#include <cstdint>

namespace shunt::runtime {

void set_mark(int fd, std::uint32_t mark);  // needs CAP_NET_ADMIN
void set_tos(int fd, std::uint8_t tos);
void set_hop_limit(int fd, std::uint8_t hops);

}  // namespace shunt::runtime
