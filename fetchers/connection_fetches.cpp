// Fetches of the client's connection: addresses, ports, the PROXY header.
#include <algorithm>
#include <array>

#include "fetchers/connection_view.hpp"
#include "fetchers/families.hpp"
#include "fetchers/places.hpp"

namespace shunt::fetchers {
namespace {

bool is_ip(const Endpoint& end) { return end.family == Family::ipv4 || end.family == Family::ipv6; }

Fetched address(const Endpoint& end, Sample& out) {
  if (!is_ip(end)) return {};
  out.type = end.family == Family::ipv4 ? SampleType::ipv4 : SampleType::ipv6;
  out.address = end.address;
  return {.found = true};
}

// Without an IP address the port is 0 in HAProxy too, but then there is no value.
Fetched port(const Endpoint& end, Sample& out) {
  if (!is_ip(end)) return {};
  out.set_integer(end.port);
  return {.found = true};
}

Fetched src(Context& context, Arguments, Sample& out) {
  return context.client != nullptr ? address(context.client->source(), out) : Fetched{};
}
Fetched dst(Context& context, Arguments, Sample& out) {
  return context.client != nullptr ? address(context.client->destination(), out) : Fetched{};
}
Fetched src_port(Context& context, Arguments, Sample& out) {
  return context.client != nullptr ? port(context.client->source(), out) : Fetched{};
}
Fetched dst_port(Context& context, Arguments, Sample& out) {
  return context.client != nullptr ? port(context.client->destination(), out) : Fetched{};
}

Fetched received_proxy(Context& context, Arguments, Sample& out) {
  if (context.client == nullptr) return {};
  out.set_boolean(context.client->received_proxy_header());
  return {.found = true};
}

// The value of the first TLV of this type in the received PROXY header.
Fetched tlv(Context& context, std::uint8_t type, Sample& out) {
  if (context.client == nullptr) return {};
  std::string_view rest = context.client->proxy_tlvs();
  while (rest.size() >= 3) {
    const std::size_t size = static_cast<std::size_t>(static_cast<std::uint8_t>(rest[1]) << 8 |
                                                      static_cast<std::uint8_t>(rest[2]));
    if (rest.size() < 3 + size) return {};
    if (static_cast<std::uint8_t>(rest[0]) == type) {
      out.set_string(rest.substr(3, size));
      return {.found = true};
    }
    rest.remove_prefix(3 + size);
  }
  return {};
}

Fetched authority(Context& context, Arguments, Sample& out) { return tlv(context, 0x02, out); }
Fetched unique_id(Context& context, Arguments, Sample& out) { return tlv(context, 0x05, out); }

constexpr std::array rows = {
    FetchRow{.name = "dst",
             .out = SampleType::addr,
             .places = places::client_connection,
             .function = dst,
             .documentation = "The address that the client connected to."},
    FetchRow{.name = "dst_port",
             .out = SampleType::sint,
             .places = places::client_connection,
             .function = dst_port,
             .documentation = "The port that the client connected to."},
    FetchRow{.name = "fc_pp_authority",
             .out = SampleType::str,
             .places = places::client_connection,
             .function = authority,
             .documentation = "The authority TLV of the PROXY header that the client sent."},
    FetchRow{.name = "fc_pp_unique_id",
             .out = SampleType::str,
             .places = places::client_connection,
             .function = unique_id,
             .documentation = "The unique id TLV of the PROXY header that the client sent."},
    FetchRow{.name = "fc_rcvd_proxy",
             .out = SampleType::boolean,
             .places = places::client_connection,
             .function = received_proxy,
             .documentation = "Whether the client's connection began with a PROXY header."},
    FetchRow{.name = "src",
             .out = SampleType::addr,
             .places = places::client_connection,
             .function = src,
             .documentation = "The address of the client."},
    FetchRow{.name = "src_port",
             .out = SampleType::sint,
             .places = places::client_connection,
             .function = src_port,
             .documentation = "The port of the client."},
};
static_assert(sorted_and_unique(rows));

}  // namespace

FetchRows connection_fetches() { return rows; }

}  // namespace shunt::fetchers
