// Makes the keys: family, address and port, or the name of a local socket.
#include "analysis/lint/addresses.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace shunt::analysis::model {
namespace {

using parser::Address;
using parser::AddressFamily;

constexpr std::uint16_t longest_range = 2000;

std::string ip_text(const Address& address) {
  // The kernel keeps both families apart unless a bind line says v4v6.
  if (address.any) return address.family == AddressFamily::ipv6 ? "*6" : "*4";
  std::string text = address.family == AddressFamily::ipv4 ? "4" : "6";
  for (std::size_t at = 0; at < (address.family == AddressFamily::ipv4 ? 4u : 16u); ++at)
    text += fmt::format(".{}", address.ip[at]);
  return text;
}

std::string with_port(std::string_view text, std::uint16_t port) { return fmt::format("{}:{}", text, port); }

bool has_ip(const Address& address) {
  return address.any || address.family == AddressFamily::ipv4 || address.family == AddressFamily::ipv6;
}

std::string socket_key(const Address& address) {
  return (address.family == AddressFamily::abstract_socket ? "abns@" : "unix@") + address.host;
}

}  // namespace

bool is_local_socket(const Address& address) {
  return address.family == AddressFamily::abstract_socket || address.family == AddressFamily::unix_path;
}

bool is_loopback(const Address& address) {
  if (address.any) return false;
  if (address.host == "localhost") return true;
  if (address.family == AddressFamily::ipv4) return address.ip[0] == 127;
  if (address.family != AddressFamily::ipv6) return false;
  return address.ip[15] == 1 &&
         std::all_of(address.ip.begin(), address.ip.end() - 1, [](auto byte) { return byte == 0; });
}

std::vector<std::string> bind_keys(const Address& address) {
  if (is_local_socket(address)) return {socket_key(address)};
  if (!has_ip(address) || address.port == 0) return {};
  std::vector<std::string> keys;
  const std::uint16_t last =
      std::min<std::uint16_t>(address.port_end, std::uint16_t(address.port + longest_range));
  for (std::uint32_t port = address.port; port <= std::max(last, address.port); ++port)
    keys.push_back(with_port(ip_text(address), static_cast<std::uint16_t>(port)));
  return keys;
}

std::vector<std::string> server_keys(const Address& address) {
  if (is_local_socket(address)) return {socket_key(address)};
  if (address.port == 0 || address.port_kind != parser::PortKind::absolute) return {};
  std::vector<std::string> keys;
  if (has_ip(address)) keys.push_back(with_port(ip_text(address), address.port));
  if (address.host == "localhost") keys.push_back(with_port("4.127.0.0.1", address.port));
  if (is_loopback(address))
    keys.push_back(with_port(address.family == AddressFamily::ipv6 ? "*6" : "*4", address.port));
  return keys;
}

}  // namespace shunt::analysis::model
