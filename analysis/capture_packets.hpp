// Packets of a capture file, and the TCP segments inside.
#pragma once
#include "analysis/byte_text.hpp"
#include "analysis/scenario.hpp"

namespace shunt::analysis {

struct Packet {
  std::uint32_t link = 0;  // LINKTYPE_*
  Offset at{0};            // since 1970
  std::string_view bytes = {};
};
// pcap (both byte orders, microseconds and nanoseconds) and pcapng.
[[nodiscard]] Result<std::vector<Packet>, TextError> read_packets(std::string_view file);

struct TcpSegment {
  fetchers::Endpoint from = {}, to = {};
  std::uint32_t sequence = 0;
  bool syn = false, ack = false, fin = false, rst = false;
  std::string_view data = {};
};
// Nothing: no TCP over IPv4 or IPv6, or a fragment.
[[nodiscard]] std::optional<TcpSegment> read_segment(const Packet& packet);

}  // namespace shunt::analysis
