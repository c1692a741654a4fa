// SOCKS4 as a client speaks it: a request of one address, a reply of eight bytes.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "fetchers/endpoint.hpp"

namespace shunt::runtime {

inline constexpr std::string_view socks4_denial = "SOCKS4 Proxy deny the request";

// None: the protocol knows IPv4 only.
[[nodiscard]] std::optional<std::string> socks4_request(const fetchers::Endpoint& target);

enum class Socks4Reply : std::uint8_t { waiting, granted, denied };
// Takes the reply, and not a byte more, from a socket once it is there as a whole. `ended`: no more will
// come.
[[nodiscard]] Socks4Reply read_socks4_reply(int fd, bool ended);

}  // namespace shunt::runtime
