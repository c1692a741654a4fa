// The address of one end of a connection, small enough to be kept for every connection.
#pragma once
#include <array>
#include <cstdint>
#include <string>

namespace shunt::fetchers {

enum class Family : std::uint8_t { none, ipv4, ipv6, unix_socket };

struct Endpoint {
  Family family = Family::none;
  std::uint16_t port = 0;                     // host order
  std::array<std::uint8_t, 16> address = {};  // network order; IPv4 in the first four bytes

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

[[nodiscard]] std::string to_string(
    const Endpoint& endpoint);  // address only: "127.0.0.1", "2001:db8::1", "unix"

}  // namespace shunt::fetchers
