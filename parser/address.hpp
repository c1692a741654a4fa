// Addresses as written: `ip:port`, `:port`, `*:port-port`, `ipv6@...`, `unix@path`, `/path`, `abns@name`,
// `fd@N`.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "parser/result.hpp"

namespace shunt::parser {

enum class AddressFamily : std::uint8_t { unspecified, ipv4, ipv6, unix_path, abstract_socket, inherited };

// `+5`/`-5` are offsets to the client's port and only servers know them.
enum class PortKind : std::uint8_t { absent, absolute, plus, minus };

struct Address {
  AddressFamily family =
      AddressFamily::unspecified;        // unspecified: a host name that is to be resolved, or "*"
  std::string host = {};                 // host name, path, abstract name; empty for a parsed IP address
  std::array<std::uint8_t, 16> ip = {};  // network order; IPv4 in the first four bytes; zero for "*"
  bool any = false;                      // "*", "", "0.0.0.0" or "::"
  int inherited_fd = -1;                 // fd@N
  PortKind port_kind = PortKind::absent;
  std::uint16_t port = 0;      // first port of a range
  std::uint16_t port_end = 0;  // last one, equal to `port` without a range
  bool datagram = false;       // dgram+ / udp@
  std::size_t junk_at = 0;     // HAProxy ignores what follows the port's digits ("80x"): its offset,
                               // or the size of the text
};

struct AddressError {
  std::string message;    // what was found and what was expected
  std::size_t begin = 0;  // byte range inside the text
  std::size_t end = 0;
  bool unsupported = false;  // valid for HAProxy, not available here
};

// Purely textual: host names are not resolved, ports of the caller's liking are the caller's check.
// `any_host`: a host may have any characters, as in servers' addresses, which are looked up only later.
[[nodiscard]] Result<Address, AddressError> parse_address(std::string_view text, bool any_host = false);

// "127.0.0.1:80", "[::1]:80", "unix@/run/x", "abns@name": what a person would write.
[[nodiscard]] std::string to_string(const Address& address);

// Dotted IPv4 with HAProxy's shorthands ("127.1"), and IPv6 text.
[[nodiscard]] std::optional<std::array<std::uint8_t, 4>> parse_ipv4(std::string_view text);
[[nodiscard]] std::optional<std::array<std::uint8_t, 16>> parse_ipv6(std::string_view text);

}  // namespace shunt::parser
