// Addresses as a person would write them.
#include <arpa/inet.h>
#include <fmt/core.h>

#include <string>

#include "parser/address.hpp"

namespace shunt::parser {
namespace {

std::string ip_text(const Address& address) {
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(address.family == AddressFamily::ipv4 ? AF_INET : AF_INET6, address.ip.data(), text, sizeof text);
  return text;
}

std::string host_text(const Address& address) {
  if (!address.host.empty()) return address.host;
  if (address.family == AddressFamily::unspecified) return "*";
  const std::string ip = ip_text(address);
  return address.family == AddressFamily::ipv6 ? '[' + ip + ']' : ip;
}

std::string port_text(const Address& address) {
  switch (address.port_kind) {
    case PortKind::absent: return "";
    case PortKind::plus: return fmt::format(":+{}", address.port);
    case PortKind::minus: return fmt::format(":-{}", address.port);
    case PortKind::absolute: break;
  }
  if (address.port_end > address.port) return fmt::format(":{}-{}", address.port, address.port_end);
  return fmt::format(":{}", address.port);
}

}  // namespace

std::string to_string(const Address& address) {
  switch (address.family) {
    case AddressFamily::unix_path: return "unix@" + address.host;
    case AddressFamily::abstract_socket: return "abns@" + address.host;
    case AddressFamily::inherited: return fmt::format("fd@{}", address.inherited_fd);
    default: return host_text(address) + port_text(address);
  }
}

}  // namespace shunt::parser
