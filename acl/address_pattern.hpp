// Patterns of address matches: IPv4 and IPv6 addresses and networks, and host names.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "fetchers/endpoint.hpp"
#include "fetchers/sample.hpp"

namespace shunt::acl {

__extension__ typedef unsigned __int128 Address128;

// `address` is already masked. IPv4: both in the low 32 bits.
struct Network {
  bool ipv6 = false;
  Address128 address = 0;
  Address128 mask = 0;
  int prefix = 0;  // bits of a contiguous mask, or -1 ("255.0.255.0")
};

// Host names become an IPv4 address (never IPv6) unless `resolve` is false. Blocks while a name is looked up.
[[nodiscard]] std::optional<Network> parse_network(std::string_view text, bool resolve);

// The value of an address sample: IPv4 in the low 32 bits.
[[nodiscard]] Address128 address_value(const fetchers::Sample& sample);
[[nodiscard]] Address128 address_value(const fetchers::Endpoint& endpoint);  // of the internet

// The IPv4 address inside 2002:IPV4::, ::IPV4 or ::ffff:IPV4.
[[nodiscard]] std::optional<Address128> embedded_ipv4(Address128 ipv6);
// ::ffff:IPV4.
[[nodiscard]] constexpr Address128 mapped_ipv6(Address128 ipv4) { return (Address128{0xffff} << 32) | ipv4; }

}  // namespace shunt::acl
