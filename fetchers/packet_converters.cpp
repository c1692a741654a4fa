// Converters that take apart captured Ethernet, IP and TCP headers: known by name and judged, not executed
// yet.
#include <array>

#include "fetchers/families.hpp"
#include "fetchers/unsupported_rows.hpp"

namespace shunt::fetchers {
namespace {

constexpr std::array rows = {
    later("eth.data", {}, SampleType::bin, SampleType::bin, "Frame without its Ethernet header.", "3.4"),
    later("eth.dst", {}, SampleType::bin, SampleType::bin, "Destination MAC (6 bytes).", "3.4"),
    later("eth.hdr", {}, SampleType::bin, SampleType::bin, "Ethernet header with VLAN tags.", "3.4"),
    later("eth.proto", {}, SampleType::bin, SampleType::sint, "EtherType after VLANs.", "3.4"),
    later("eth.src", {}, SampleType::bin, SampleType::bin, "Source MAC.", "3.4"),
    later("eth.vlan", {}, SampleType::bin, SampleType::sint, "Last VLAN id.", "3.4"),
    later("ip.data", {}, SampleType::bin, SampleType::bin, "Payload after the IP header.", "3.4"),
    later("ip.df", {}, SampleType::bin, SampleType::sint, "Don't-fragment bit (IPv6: 1).", "3.4"),
    later("ip.dst", {}, SampleType::bin, SampleType::addr, "Destination address.", "3.4"),
    later("ip.fp", {.types = {ArgumentType::sint}}, SampleType::bin, SampleType::bin,
          "Fingerprint of IP+TCP headers (≥8 bytes); optional mode integer adds fields.", "3.4"),
    later("ip.hdr", {}, SampleType::bin, SampleType::bin, "IP header with options.", "3.4"),
    later("ip.proto", {}, SampleType::bin, SampleType::sint, "Transport protocol number.", "3.4"),
    later("ip.src", {}, SampleType::bin, SampleType::addr, "Source address.", "3.4"),
    later("ip.tos", {}, SampleType::bin, SampleType::sint, "TOS / traffic class.", "3.4"),
    later("ip.ttl", {}, SampleType::bin, SampleType::sint, "TTL / hop limit.", "3.4"),
    later("ip.ver", {}, SampleType::bin, SampleType::sint, "4 or 6.", "3.4"),
    later("tcp.dst", {}, SampleType::bin, SampleType::sint, "Destination port.", "3.4"),
    later("tcp.flags", {}, SampleType::bin, SampleType::sint, "TCP flag byte.", "3.4"),
    later("tcp.options.mss", {}, SampleType::bin, SampleType::sint, "MSS value or 0.", "3.4"),
    later("tcp.options.sack", {}, SampleType::bin, SampleType::sint, "1 if SACK permitted.", "3.4"),
    later("tcp.options.tsopt", {}, SampleType::bin, SampleType::sint, "1 if a timestamp option exists.",
          "3.4"),
    later("tcp.options.tsval", {}, SampleType::bin, SampleType::sint, "Timestamp value; none if absent.",
          "3.4"),
    later("tcp.options.wscale", {}, SampleType::bin, SampleType::sint, "Window scale or 0.", "3.4"),
    later("tcp.options.wsopt", {}, SampleType::bin, SampleType::sint, "1 if the window scale option exists.",
          "3.4"),
    later("tcp.options_list", {}, SampleType::bin, SampleType::bin, "Option kinds in order.", "3.4"),
    later("tcp.seq", {}, SampleType::bin, SampleType::sint, "Sequence number.", "3.4"),
    later("tcp.src", {}, SampleType::bin, SampleType::sint, "Source port.", "3.4"),
    later("tcp.win", {}, SampleType::bin, SampleType::sint, "Raw window.", "3.4"),
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows packet_converters() { return rows; }

}  // namespace shunt::fetchers
