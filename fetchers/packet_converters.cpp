// Converters that take apart captured Ethernet, IP and TCP headers.
#include <algorithm>
#include <array>
#include <optional>

#include "fetchers/families.hpp"
#include "fetchers/unsupported_rows.hpp"
#include "fetchers/wire/packet.hpp"

namespace shunt::fetchers {
namespace {

using MaybeBytes = std::optional<std::string_view>;
using MaybeNumber = std::optional<std::int64_t>;

// A header's part as bytes or as a number, for the table.
template <auto part>
bool bytes(Context&, Arguments, Sample& sample) {
  const MaybeBytes value = part(sample.text);
  if (value) sample.set_binary(*value);
  return value.has_value();
}

template <auto part>
bool number(Context&, Arguments, Sample& sample) {
  const MaybeNumber value = part(sample.text);
  if (value) sample.set_integer(*value);
  return value.has_value();
}

template <auto part>
bool address(Context&, Arguments, Sample& sample) {
  const MaybeBytes value = part(sample.text);
  if (!value) return false;
  sample.type = value->size() == 4 ? SampleType::ipv4 : SampleType::ipv6;
  std::ranges::copy(*value, sample.address.begin());
  return true;
}

// How each part is taken out of the header.
template <auto read, auto member>
auto of(std::string_view text) {
  const auto header = read(text);
  return header ? std::optional((*header).*member) : std::nullopt;
}

constexpr ConverterRow row(std::string_view name, SampleType out, ConvertFunction function,
                           std::string_view text) {
  return {.name = name,
          .in = SampleType::bin,
          .out = out,
          .function = function,
          .since = "3.4",
          .documentation = text};
}

using wire::EthernetHeader;
using wire::IpHeader;
using wire::TcpHeader;

template <auto member>
constexpr ConvertFunction eth_bytes = bytes<of<wire::read_ethernet, member>>;
template <auto member>
constexpr ConvertFunction ip_bytes = bytes<of<wire::read_ip, member>>;
template <auto member>
constexpr ConvertFunction ip_number = number<of<wire::read_ip, member>>;
template <auto member>
constexpr ConvertFunction ip_address = address<of<wire::read_ip, member>>;
template <auto member>
constexpr ConvertFunction tcp_number = number<of<wire::read_tcp, member>>;

MaybeNumber vlan(std::string_view text) {
  const auto header = wire::read_ethernet(text);
  return header ? header->vlan : std::nullopt;
}

MaybeNumber timestamp(std::string_view text) {
  const auto header = wire::read_tcp(text);
  return header && header->has_timestamp ? MaybeNumber(header->timestamp) : std::nullopt;
}

bool option_kinds(Context& context, Arguments, Sample& sample) {
  const auto header = wire::read_tcp(sample.text);
  if (!header) return false;
  const std::span<char> room = context.scratch->allocate(header->options.size());
  sample.set_binary({room.data(), wire::list_tcp_options(header->options, room)});
  return true;
}

constexpr std::array rows = {
    row("eth.data", SampleType::bin, eth_bytes<&EthernetHeader::data>, "Frame without its Ethernet header."),
    row("eth.dst", SampleType::bin, eth_bytes<&EthernetHeader::destination>, "Destination MAC (6 bytes)."),
    row("eth.hdr", SampleType::bin, eth_bytes<&EthernetHeader::all>, "Ethernet header with VLAN tags."),
    row("eth.proto", SampleType::sint, number<of<wire::read_ethernet, &EthernetHeader::protocol>>,
        "EtherType after VLANs."),
    row("eth.src", SampleType::bin, eth_bytes<&EthernetHeader::source>, "Source MAC."),
    row("eth.vlan", SampleType::sint, number<vlan>, "Last VLAN id."),
    row("ip.data", SampleType::bin, ip_bytes<&IpHeader::data>, "Payload after the IP header."),
    row("ip.df", SampleType::sint, ip_number<&IpHeader::dont_fragment>, "Don't-fragment bit (IPv6: 1)."),
    row("ip.dst", SampleType::addr, ip_address<&IpHeader::destination>, "Destination address."),
    later("ip.fp", {.types = {ArgumentType::sint}}, SampleType::bin, SampleType::bin,
          "Fingerprint of IP+TCP headers (≥8 bytes); optional mode integer adds fields.", "3.4"),
    row("ip.hdr", SampleType::bin, ip_bytes<&IpHeader::all>, "IP header with options."),
    row("ip.proto", SampleType::sint, ip_number<&IpHeader::protocol>, "Transport protocol number."),
    row("ip.src", SampleType::addr, ip_address<&IpHeader::source>, "Source address."),
    row("ip.tos", SampleType::sint, ip_number<&IpHeader::tos>, "TOS / traffic class."),
    row("ip.ttl", SampleType::sint, ip_number<&IpHeader::ttl>, "TTL / hop limit."),
    row("ip.ver", SampleType::sint, ip_number<&IpHeader::version>, "4 or 6."),
    row("tcp.dst", SampleType::sint, tcp_number<&TcpHeader::destination>, "Destination port."),
    row("tcp.flags", SampleType::sint, tcp_number<&TcpHeader::flags>, "TCP flag byte."),
    row("tcp.options.mss", SampleType::sint, tcp_number<&TcpHeader::mss>, "MSS value or 0."),
    row("tcp.options.sack", SampleType::sint, tcp_number<&TcpHeader::has_sack>, "1 if SACK permitted."),
    row("tcp.options.tsopt", SampleType::sint, tcp_number<&TcpHeader::has_timestamp>,
        "1 if a timestamp option exists."),
    row("tcp.options.tsval", SampleType::sint, number<timestamp>, "Timestamp value; none if absent."),
    row("tcp.options.wscale", SampleType::sint, tcp_number<&TcpHeader::window_scale>, "Window scale or 0."),
    row("tcp.options.wsopt", SampleType::sint, tcp_number<&TcpHeader::has_window_scale>,
        "1 if the window scale option exists."),
    row("tcp.options_list", SampleType::bin, option_kinds, "Option kinds in order."),
    row("tcp.seq", SampleType::sint, tcp_number<&TcpHeader::sequence>, "Sequence number."),
    row("tcp.src", SampleType::sint, tcp_number<&TcpHeader::source>, "Source port."),
    row("tcp.win", SampleType::sint, tcp_number<&TcpHeader::window>, "Raw window."),
};
static_assert(sorted_and_unique(rows));

}  // namespace

ConverterRows packet_converters() { return rows; }

}  // namespace shunt::fetchers
