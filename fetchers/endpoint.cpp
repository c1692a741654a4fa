// Writes addresses as text.
#include "fetchers/endpoint.hpp"

#include <arpa/inet.h>

namespace shunt::fetchers {

std::string to_string(const Endpoint& endpoint) {
  if (endpoint.family == Family::unix_socket) return "unix";
  if (endpoint.family == Family::none) return {};
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(endpoint.family == Family::ipv4 ? AF_INET : AF_INET6, endpoint.address.data(), text, sizeof text);
  return text;
}

}  // namespace shunt::fetchers
