// Sans-io reader of the header that NetScaler puts in front of a connection, in both its forms
// (netscaler-client-ip-insertion-protocol.txt of HAProxy's documentation).
#pragma once
#include <cstdint>
#include <string_view>

#include "fetchers/endpoint.hpp"
#include "parser/result.hpp"

namespace shunt::fetchers::wire {

// Messages as HAProxy logs them. `cut`: the addresses are there, but not all of the header.
enum class NetscalerError : std::uint8_t { truncated, wrong_magic, bad_protocol, cut };
[[nodiscard]] std::string_view message(NetscalerError error);

struct NetscalerHeader {
  std::size_t size = 0;  // bytes that belong to the header; with `cut` more than there are
  Endpoint source = {};
  Endpoint destination = {};
};

// Looks once at what is there, as HAProxy does; the TCP checksum and the lengths are not checked.
[[nodiscard]] Result<NetscalerHeader, NetscalerError> read_netscaler_header(std::string_view bytes,
                                                                            std::uint32_t magic);
// The client in a header that is refused as `cut` only (HAProxy logs it already); family none otherwise.
[[nodiscard]] Endpoint announced_by_netscaler(std::string_view bytes, std::uint32_t magic);

}  // namespace shunt::fetchers::wire
