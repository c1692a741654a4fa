// Reads the headers of a captured packet: Ethernet with VLAN tags, IPv4 and IPv6, TCP with its options.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace shunt::fetchers::wire {

// IEEE 802.3, 802.1Q.
struct EthernetHeader {
  std::string_view all = {}, data = {}, destination = {}, source = {};
  std::int64_t protocol = 0;
  std::optional<std::int64_t> vlan = {};  // of the innermost tag
};
[[nodiscard]] std::optional<EthernetHeader> read_ethernet(std::string_view frame);

// RFC 791, RFC 8200. Extension headers of IPv6 belong to the header.
struct IpHeader {
  std::string_view all = {}, data = {}, source = {}, destination = {};
  std::int64_t version = 0, tos = 0, ttl = 0, protocol = 0, dont_fragment = 0;
};
[[nodiscard]] std::optional<IpHeader> read_ip(std::string_view packet);

// RFC 9293, RFC 7323, RFC 2018. What an option that isn't there says is 0.
struct TcpHeader {
  std::int64_t source = 0, destination = 0, sequence = 0, flags = 0, window = 0;
  std::int64_t mss = 0, window_scale = 0, timestamp = 0;
  std::int64_t has_sack = 0, has_timestamp = 0, has_window_scale = 0;
  std::string_view options = {};
};
[[nodiscard]] std::optional<TcpHeader> read_tcp(std::string_view segment);

// The kinds of the options in order, to the end of the list or to one that is cut off; as many bytes as
// `options` has are enough. How many there are.
[[nodiscard]] std::size_t list_tcp_options(std::string_view options, std::span<char> kinds);

}  // namespace shunt::fetchers::wire
