// Sans-io reader and writer of PROXY protocol headers, versions 1 and 2 (proxy-protocol.txt of HAProxy's
// documentation).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fetchers/endpoint.hpp"
#include "parser/result.hpp"

namespace shunt::fetchers::wire {

// Messages as HAProxy logs them.
enum class ProxyHeaderError : std::uint8_t { truncated, not_proxy_protocol, bad_header, bad_protocol };
[[nodiscard]] std::string_view message(ProxyHeaderError error);

struct ProxyHeader {
  std::size_t size = 0;  // bytes that belong to the header
  bool local = false;    // v2 LOCAL or v1 UNKNOWN: the real addresses stay
  Endpoint source = {};
  Endpoint destination = {};
  std::string_view tlvs = {};  // v2: inside the input
};

// HAProxy looks once at what is there: an incomplete header is an error (`truncated`).
[[nodiscard]] Result<ProxyHeader, ProxyHeaderError> read_proxy_header(std::string_view bytes);

// The client address in a v2 header that is refused for its TLVs only (HAProxy logs it already); family none
// otherwise.
[[nodiscard]] Endpoint announced_source(std::string_view bytes);

// "PROXY TCP4 ...\r\n"; UNKNOWN for anything but IP.
[[nodiscard]] std::string write_proxy_v1(const Endpoint& source, const Endpoint& destination);
// v2 with the TLVs already encoded; LOCAL without addresses for anything but IP. The header tells its size in
// 16 bits, and 36 bytes may be addresses.
inline constexpr std::size_t longest_v2_tlvs = 0xffff - 36;
[[nodiscard]] std::string write_proxy_v2(const Endpoint& source, const Endpoint& destination,
                                         std::string_view tlvs = {});

}  // namespace shunt::fetchers::wire
