// Headers by their fixed offsets; what is shorter than its header is none.
#include "fetchers/wire/packet.hpp"

#include <algorithm>
#include <array>

#include "fetchers/wire/byte_cursor.hpp"

namespace shunt::fetchers::wire {
namespace {

std::int64_t word(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at) << 8 | byte_at(bytes, at + 1);
}

std::optional<IpHeader> read_ipv4(std::string_view packet) {
  constexpr std::size_t shortest = 20;
  if (packet.size() < shortest) return std::nullopt;
  const std::size_t size = std::size_t{byte_at(packet, 0) & 15} * 4;
  if (size < shortest || size > packet.size()) return std::nullopt;
  const std::size_t total = std::max<std::size_t>(static_cast<std::size_t>(word(packet, 2)), size);
  const std::string_view whole = packet.substr(0, total);  // padding of the frame left out
  return IpHeader{.all = whole.substr(0, size),
                  .data = whole.substr(size),
                  .source = packet.substr(12, 4),
                  .destination = packet.substr(16, 4),
                  .version = 4,
                  .tos = byte_at(packet, 1),
                  .ttl = byte_at(packet, 8),
                  .protocol = byte_at(packet, 9),
                  .dont_fragment = byte_at(packet, 6) >> 6 & 1};
}

bool is_extension(std::int64_t protocol) {
  constexpr std::array<std::int64_t, 4> extensions = {0, 43, 44,
                                                      60};  // hop-by-hop, routing, fragment, destination
  return std::ranges::find(extensions, protocol) != extensions.end();
}

std::optional<IpHeader> read_ipv6(std::string_view packet) {
  constexpr std::size_t shortest = 40, fragment_header = 44;
  if (packet.size() < shortest) return std::nullopt;
  std::int64_t protocol = byte_at(packet, 6);
  std::size_t size = shortest;
  while (is_extension(protocol)) {
    if (size + 2 > packet.size()) return std::nullopt;
    const std::size_t length = protocol == fragment_header ? 8 : (byte_at(packet, size + 1) + 1) * 8;
    protocol = byte_at(packet, size);
    size += length;
  }
  if (size > packet.size()) return std::nullopt;
  const std::size_t total = std::max(shortest + static_cast<std::size_t>(word(packet, 4)), size);
  const std::string_view whole = packet.substr(0, total);
  return IpHeader{.all = whole.substr(0, size),
                  .data = whole.substr(size),
                  .source = packet.substr(8, 16),
                  .destination = packet.substr(24, 16),
                  .version = 6,
                  .tos = word(packet, 0) >> 4 & 0xff,
                  .ttl = byte_at(packet, 7),
                  .protocol = protocol,
                  .dont_fragment = 1};
}

enum Option : std::uint8_t {
  end_of_list = 0,
  no_operation = 1,
  mss = 2,
  window_scale = 3,
  sack = 4,
  timestamp = 8
};

// Calls `see(kind, value)` for each option; ends at the end of the list or at one that is cut off.
template <class See>
void each_option(std::string_view options, See see) {
  while (!options.empty()) {
    const std::uint32_t kind = byte_at(options, 0);
    if (kind == end_of_list || kind == no_operation) {
      see(kind, std::string_view{});
      if (kind == end_of_list) return;
      options.remove_prefix(1);
      continue;
    }
    if (options.size() < 2 || byte_at(options, 1) < 2 || byte_at(options, 1) > options.size()) return;
    see(kind, options.substr(2, byte_at(options, 1) - 2));
    options.remove_prefix(byte_at(options, 1));
  }
}

void take_option(TcpHeader& header, std::uint32_t kind, std::string_view value) {
  ByteCursor cursor(value);
  switch (kind) {
    case mss: header.mss = cursor.number(2); break;
    case window_scale: header.has_window_scale = 1, header.window_scale = cursor.number(1); break;
    case sack: header.has_sack = 1; break;
    case timestamp: header.has_timestamp = 1, header.timestamp = cursor.number(4); break;
    default: break;
  }
}

}  // namespace

std::optional<EthernetHeader> read_ethernet(std::string_view frame) {
  constexpr std::int64_t vlan_tag = 0x8100, provider_tag = 0x88a8;
  std::size_t size = 14;
  if (frame.size() < size) return std::nullopt;
  EthernetHeader made{.destination = frame.substr(0, 6), .source = frame.substr(6, 6)};
  made.protocol = word(frame, 12);
  while (made.protocol == vlan_tag || made.protocol == provider_tag) {
    if (frame.size() < size + 4) return std::nullopt;
    made.vlan = word(frame, size) & 0xfff;
    made.protocol = word(frame, size + 2);
    size += 4;
  }
  made.all = frame.substr(0, size);
  made.data = frame.substr(size);
  return made;
}

std::optional<IpHeader> read_ip(std::string_view packet) {
  if (packet.empty()) return std::nullopt;
  const std::uint32_t version = byte_at(packet, 0) >> 4;
  if (version == 4) return read_ipv4(packet);
  return version == 6 ? read_ipv6(packet) : std::nullopt;
}

std::optional<TcpHeader> read_tcp(std::string_view segment) {
  constexpr std::size_t shortest = 20;
  if (segment.size() < shortest) return std::nullopt;
  const std::size_t size = std::size_t{byte_at(segment, 12) >> 4} * 4;
  if (size < shortest || size > segment.size()) return std::nullopt;
  TcpHeader made{.source = word(segment, 0),
                 .destination = word(segment, 2),
                 .sequence = word(segment, 4) << 16 | word(segment, 6),
                 .flags = byte_at(segment, 13),
                 .window = word(segment, 14),
                 .options = segment.substr(shortest, size - shortest)};
  each_option(made.options,
              [&](std::uint32_t kind, std::string_view value) { take_option(made, kind, value); });
  return made;
}

std::size_t list_tcp_options(std::string_view options, std::span<char> kinds) {
  std::size_t count = 0;
  each_option(options,
              [&](std::uint32_t kind, std::string_view) { kinds[count++] = static_cast<char>(kind); });
  return count;
}

}  // namespace shunt::fetchers::wire
