// SOCKS4: what is asked and what is answered.
#include "runtime/socks4.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace shunt::runtime {

std::optional<std::string> socks4_request(const fetchers::Endpoint& target) {
  if (target.family != fetchers::Family::ipv4) return std::nullopt;
  std::string request{4, 1};  // version, CONNECT
  request += static_cast<char>(target.port >> 8);
  request += static_cast<char>(target.port & 0xff);
  for (std::size_t i = 0; i < 4; ++i) request += static_cast<char>(target.address[i]);
  return request.append("HAProxy").append(1, '\0');
}

// HAProxy looks at the second byte alone [seen].
Socks4Reply read_socks4_reply(int fd) {
  constexpr unsigned char granted = 0x5a;
  std::array<unsigned char, 8> reply{};
  const ssize_t got = ::recv(fd, reply.data(), reply.size(), MSG_PEEK | MSG_DONTWAIT);
  if (got == 0 || (got < 0 && errno != EAGAIN)) return Socks4Reply::ended;
  if (got < static_cast<ssize_t>(reply.size())) return Socks4Reply::waiting;
  static_cast<void>(::recv(fd, reply.data(), reply.size(), MSG_DONTWAIT));
  return reply[1] == granted ? Socks4Reply::granted : Socks4Reply::denied;
}

}  // namespace shunt::runtime
