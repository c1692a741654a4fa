// draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng, and the headers of links, IP and TCP.
#include "analysis/capture_packets.hpp"

#include <algorithm>

namespace shunt::analysis {
namespace {

using fetchers::Endpoint;
using fetchers::Family;

// A number of `count` bytes; the caller has checked that they are there.
std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t count, bool little) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i)
    value = value << 8 | static_cast<unsigned char>(bytes[at + (little ? count - 1 - i : i)]);
  return value;
}

constexpr TextError cut_short() { return TextError{"the capture ends in the middle of a packet"}; }

Result<std::vector<Packet>, TextError> read_classic(std::string_view file, bool little, bool nanoseconds) {
  constexpr std::size_t header = 24, record = 16;
  std::vector<Packet> packets;
  if (file.size() < header) return TextError{"the capture has no whole header"};
  const auto link = static_cast<std::uint32_t>(number(file, 20, 4, little) & 0xffff);
  file.remove_prefix(header);
  while (!file.empty()) {
    if (file.size() < record) return cut_short();
    const std::size_t size = number(file, 8, 4, little);
    if (size > file.size() - record) return cut_short();
    const auto fraction = static_cast<std::int64_t>(number(file, 4, 4, little));
    const Offset at =
        std::chrono::seconds(number(file, 0, 4, little)) + Offset(nanoseconds ? fraction / 1000 : fraction);
    packets.push_back({link, at, file.substr(record, size)});
    file.remove_prefix(record + size);
  }
  return packets;
}

struct Interface {
  std::uint32_t link = 0;
  std::uint64_t units = 1'000'000;  // in a second
};

Interface read_interface(std::string_view block, bool little) {
  Interface made{.link = static_cast<std::uint32_t>(number(block, 8, 2, little))};
  constexpr std::uint64_t resolution = 9;
  for (std::size_t at = 16; at + 4 <= block.size() - 4;) {
    const std::uint64_t code = number(block, at, 2, little), size = number(block, at + 2, 2, little);
    if (code == resolution && size == 1 && at + 4 < block.size()) {
      const auto exponent = static_cast<unsigned char>(block[at + 4]);
      made.units = 1;
      for (unsigned i = 0; i < (exponent & 0x7fu) && i < 18; ++i)
        made.units *= (exponent & 0x80) != 0 ? 2 : 10;
    }
    at += 4 + (size + 3) / 4 * 4;
  }
  return made;
}

Result<std::vector<Packet>, TextError> read_next_generation(std::string_view file) {
  constexpr std::uint64_t section = 0x0a0d0d0a, interface = 1, packet = 6;
  bool little = true;
  std::vector<Interface> interfaces;
  std::vector<Packet> packets;
  while (!file.empty()) {
    if (file.size() < 12) return cut_short();
    if (number(file, 0, 4, true) == section) {
      little = number(file, 8, 4, true) == 0x1a2b3c4d;
      interfaces.clear();
    }
    const std::uint64_t type = number(file, 0, 4, little), size = number(file, 4, 4, little);
    if (size < 12 || size % 4 != 0 || size > file.size()) return cut_short();
    const std::string_view block = file.substr(0, size);
    if (type == interface && size >= 20) interfaces.push_back(read_interface(block, little));
    if (type == packet && size >= 32) {
      const std::uint64_t which = number(block, 8, 4, little), captured = number(block, 20, 4, little);
      if (which >= interfaces.size() || captured > size - 32) return cut_short();
      const std::uint64_t ticks = number(block, 12, 4, little) << 32 | number(block, 16, 4, little);
      const std::uint64_t units = interfaces[which].units;
      const auto at =
          static_cast<std::int64_t>(ticks / units * 1'000'000 + ticks % units * 1'000'000 / units);
      packets.push_back({interfaces[which].link, Offset(at), block.substr(28, captured)});
    }
    file.remove_prefix(size);
  }
  return packets;
}

// ---- from the link to TCP

struct Link {
  std::uint32_t type;
  std::size_t header, protocol_at;  // no protocol field: 0
};
constexpr std::array links = {Link{0, 4, 0},   Link{1, 14, 12}, Link{12, 0, 0},    Link{14, 0, 0},
                              Link{101, 0, 0}, Link{108, 4, 0}, Link{113, 16, 14}, Link{228, 0, 0},
                              Link{229, 0, 0}, Link{276, 20, 0}};

// Without the link's header; empty: another protocol.
std::string_view network_part(const Packet& packet) {
  const auto* link = std::ranges::find(links, packet.link, &Link::type);
  if (link == links.end() || packet.bytes.size() < link->header) return {};
  std::size_t header = link->header;
  if (link->protocol_at != 0) {
    constexpr std::uint64_t tagged = 0x8100, twice_tagged = 0x88a8;
    std::uint64_t protocol = number(packet.bytes, link->protocol_at, 2, false);
    while ((protocol == tagged || protocol == twice_tagged) && packet.bytes.size() >= header + 4) {
      protocol = number(packet.bytes, header + 2, 2, false);
      header += 4;
    }
    if (protocol != 0x0800 && protocol != 0x86dd) return {};
  }
  return packet.bytes.substr(header);
}

void set_address(Endpoint& end, Family family, std::string_view bytes) {
  end.family = family;
  for (std::size_t i = 0; i < bytes.size(); ++i) end.address[i] = static_cast<std::uint8_t>(bytes[i]);
}

// What TCP has; addresses go to the segment.
std::string_view read_ipv4(std::string_view ip, TcpSegment& segment) {
  constexpr char tcp = 6;
  if (ip.size() < 20 || ip[9] != tcp || (number(ip, 6, 2, false) & 0x3fff) != 0) return {};
  const std::size_t header = (static_cast<unsigned char>(ip[0]) & 0xfu) * std::size_t{4},
                    whole = number(ip, 2, 2, false);
  set_address(segment.from, Family::ipv4, ip.substr(12, 4));
  set_address(segment.to, Family::ipv4, ip.substr(16, 4));
  // Captures on the sending machine may have no size there yet.
  if (whole >= header && whole < ip.size()) ip = ip.substr(0, whole);
  return header > ip.size() ? std::string_view() : ip.substr(header);
}

std::string_view read_ipv6(std::string_view ip, TcpSegment& segment) {
  constexpr std::size_t header = 40;
  constexpr char tcp = 6;
  if (ip.size() < header || ip[6] != tcp) return {};
  set_address(segment.from, Family::ipv6, ip.substr(8, 16));
  set_address(segment.to, Family::ipv6, ip.substr(24, 16));
  const std::size_t payload = number(ip, 4, 2, false);
  return payload == 0 ? ip.substr(header) : ip.substr(header, payload);
}

}  // namespace

Result<std::vector<Packet>, TextError> read_packets(std::string_view file) {
  if (file.size() < 4) return TextError{"this is no capture: it is too short"};
  const std::uint64_t magic = number(file, 0, 4, true);
  if (magic == 0xa1b2c3d4) return read_classic(file, true, false);
  if (magic == 0xd4c3b2a1) return read_classic(file, false, false);
  if (magic == 0xa1b23c4d) return read_classic(file, true, true);
  if (magic == 0x4d3cb2a1) return read_classic(file, false, true);
  if (magic == 0x0a0d0d0a) return read_next_generation(file);
  return TextError{"this is no capture: neither pcap nor pcapng"};
}

std::optional<TcpSegment> read_segment(const Packet& packet) {
  const std::string_view ip = network_part(packet);
  if (ip.empty()) return std::nullopt;
  TcpSegment segment;
  const int version = static_cast<unsigned char>(ip[0]) >> 4;
  const std::string_view tcp = version == 4   ? read_ipv4(ip, segment)
                               : version == 6 ? read_ipv6(ip, segment)
                                              : std::string_view();
  if (tcp.size() < 20) return std::nullopt;
  const std::size_t header = (static_cast<unsigned char>(tcp[12]) >> 4) * std::size_t{4};
  if (header < 20 || header > tcp.size()) return std::nullopt;
  segment.from.port = static_cast<std::uint16_t>(number(tcp, 0, 2, false));
  segment.to.port = static_cast<std::uint16_t>(number(tcp, 2, 2, false));
  segment.sequence = static_cast<std::uint32_t>(number(tcp, 4, 4, false));
  const auto flags = static_cast<unsigned char>(tcp[13]);
  segment.fin = (flags & 1) != 0;
  segment.syn = (flags & 2) != 0;
  segment.rst = (flags & 4) != 0;
  segment.ack = (flags & 16) != 0;
  segment.data = tcp.substr(header);
  return segment;
}

}  // namespace shunt::analysis
