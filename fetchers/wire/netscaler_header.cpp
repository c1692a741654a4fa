// What is accepted was measured: sizes are compared with what was received, not with one another.
#include "fetchers/wire/netscaler_header.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "fetchers/wire/byte_cursor.hpp"

namespace shunt::fetchers::wire {
namespace {

constexpr std::array<std::string_view, 4> messages = {
    "Truncated NetScaler Client IP header received",
    "Received an invalid NetScaler Client IP magic number",
    "Received an unhandled protocol in the NetScaler Client IP header",
    "Connection error while waiting for NetScaler Client IP header",
};

constexpr std::size_t legacy_prefix = 8, standard_prefix = 12;
constexpr std::size_t tcp_size = 20, ipv4_size = 20, ipv6_size = 40;
constexpr std::uint32_t tcp_protocol = 6;

// An IP header of one version: where its fields are.
struct IpLayout {
  Family family = Family::none;
  std::size_t size = 0, protocol = 0, source = 0, width = 0;
};

std::optional<IpLayout> layout_of(std::string_view ip) {
  const std::uint32_t first = byte_at(ip, 0);
  if (first >> 4 == 4) return IpLayout{Family::ipv4, std::size_t{first & 15} * 4, 9, 12, 4};
  if (first >> 4 == 6) return IpLayout{Family::ipv6, ipv6_size, 6, 8, 16};
  return std::nullopt;
}

Endpoint end_at(std::string_view ip, std::size_t at, std::string_view port, const IpLayout& layout) {
  Endpoint end{.family = layout.family, .port = static_cast<std::uint16_t>(ByteCursor(port).number(2))};
  for (std::size_t i = 0; i < layout.width; ++i)
    end.address[i] = static_cast<std::uint8_t>(byte_at(ip, at + i));
  return end;
}

}  // namespace

std::string_view message(NetscalerError error) { return messages[static_cast<std::size_t>(error)]; }

namespace {

// The newer form has a type where the older one has the version of IP.
Result<NetscalerHeader, NetscalerError> read_whole(std::string_view bytes, std::uint32_t magic) {
  if (bytes.size() < standard_prefix) return NetscalerError::truncated;
  if (ByteCursor(bytes).number(4) != magic) return NetscalerError::wrong_magic;
  if (bytes.size() < ipv4_size + tcp_size) return NetscalerError::truncated;
  const bool legacy = byte_at(bytes, legacy_prefix) >> 4 != 0;
  const std::size_t prefix = legacy ? legacy_prefix : standard_prefix;
  const std::size_t length =
      legacy ? ByteCursor(bytes.substr(4)).number(4) : ByteCursor(bytes.substr(10)).number(2);
  if (length > bytes.size()) return NetscalerError::truncated;
  const std::string_view ip = bytes.substr(prefix);
  const auto layout = layout_of(ip);
  if (!layout) return NetscalerError::bad_protocol;
  if (bytes.size() < layout->size + tcp_size) return NetscalerError::truncated;
  if (byte_at(ip, layout->protocol) != tcp_protocol) return NetscalerError::bad_protocol;
  const std::string_view tcp = ip.substr(std::min(layout->size, ip.size()));
  if (tcp.size() < 4) return NetscalerError::truncated;
  return NetscalerHeader{.size = prefix + length,
                         .source = end_at(ip, layout->source, tcp, *layout),
                         .destination = end_at(ip, layout->source + layout->width, tcp.substr(2), *layout)};
}

}  // namespace

Result<NetscalerHeader, NetscalerError> read_netscaler_header(std::string_view bytes, std::uint32_t magic) {
  auto read = read_whole(bytes, magic);
  if (read && read.value().size > bytes.size()) return NetscalerError::cut;
  return read;
}

Endpoint announced_by_netscaler(std::string_view bytes, std::uint32_t magic) {
  const auto read = read_whole(bytes, magic);
  return read ? read.value().source : Endpoint{};
}

}  // namespace shunt::fetchers::wire
