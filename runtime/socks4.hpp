// SOCKS4 as a client speaks it: a request of one address, a reply of eight bytes.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "fetchers/endpoint.hpp"

namespace shunt::runtime {

inline constexpr std::string_view socks4_denial = "SOCKS4 Proxy deny the request";
inline constexpr std::string_view socks4_end = "SOCKS4 Proxy handshake aborted by server";

// None: the protocol knows IPv4 only.
[[nodiscard]] std::optional<std::string> socks4_request(const fetchers::Endpoint& target);

enum class Socks4Reply : std::uint8_t { waiting, granted, denied, ended };
// Takes the reply, and not a byte more, from a socket once it is there as a whole. As HAProxy does, it goes
// on waiting for the rest of one that ended within [seen].
[[nodiscard]] Socks4Reply read_socks4_reply(int fd);

}  // namespace shunt::runtime
