// Fetches of both sides' connections: addresses, ports, the PROXY header.
#include <algorithm>
#include <array>

#include "fetchers/argument_checks.hpp"
#include "fetchers/connection_view.hpp"
#include "fetchers/families.hpp"
#include "fetchers/places.hpp"
#include "fetchers/running_rows.hpp"

namespace shunt::fetchers {
namespace {

using Side = const ConnectionView* Context::*;
using End = Endpoint (ConnectionView::*)() const;

bool is_ip(const Endpoint& end) { return end.family == Family::ipv4 || end.family == Family::ipv6; }

template <Side side, End end>
Fetched address(Context& context, Arguments, Sample& out) {
  if (context.*side == nullptr) return {};
  const Endpoint found = (context.*side->*end)();
  if (!is_ip(found)) return {};
  out.type = found.family == Family::ipv4 ? SampleType::ipv4 : SampleType::ipv6;
  out.address = found.address;
  return {.found = true};
}

// A port that is 0 is none, and so is that of an end without an IP address.
template <Side side, End end>
Fetched port(Context& context, Arguments, Sample& out) {
  if (context.*side == nullptr) return {};
  const Endpoint found = (context.*side->*end)();
  return is_ip(found) && found.port != 0 ? integer(found.port, out) : Fetched{};
}

constexpr Side client = &Context::client;
constexpr Side server = &Context::server;

Fetched received_proxy(Context& context, Arguments, Sample& out) {
  return context.client != nullptr ? boolean(context.client->received_proxy_header(), out) : Fetched{};
}

// The value of the next TLV of this type, which is taken off the front of `rest`.
std::optional<std::string_view> next_tlv(std::string_view& rest, std::uint8_t type) {
  while (rest.size() >= 3) {
    const std::size_t size = static_cast<std::size_t>(static_cast<std::uint8_t>(rest[1]) << 8 |
                                                      static_cast<std::uint8_t>(rest[2]));
    if (rest.size() < 3 + size) return std::nullopt;
    const bool wanted = static_cast<std::uint8_t>(rest[0]) == type;
    const std::string_view value = rest.substr(3, size);
    rest.remove_prefix(3 + size);
    if (wanted) return value;
  }
  return std::nullopt;
}

// Each of the values in turn, as an ACL looks at them; the last one is what an expression has [seen].
Fetched tlv(Context& context, std::uint8_t type, Sample& out) {
  if (context.client == nullptr) return {};
  const std::string_view all = context.client->proxy_tlvs();
  std::string_view rest = all;
  std::uint32_t count = 0;
  while (next_tlv(rest, type)) ++count;
  if (context.value_index >= count) return {};
  rest = all;
  for (std::uint32_t skipped = count - 1 - context.value_index; skipped != 0; --skipped)
    static_cast<void>(next_tlv(rest, type));
  out.set_string(*next_tlv(rest, type));
  return {.found = true, .more = context.value_index + 1 < count};
}

Fetched authority(Context& context, Arguments, Sample& out) { return tlv(context, 0x02, out); }
Fetched unique_id(Context& context, Arguments, Sample& out) { return tlv(context, 0x05, out); }
Fetched tlv_by_type(Context& context, Arguments arguments, Sample& out) {
  return tlv(context, static_cast<std::uint8_t>(arguments[0].reference), out);
}

constexpr FetchRow ends(std::string_view name, SampleType out, FetchFunction function,
                        std::string_view text) {
  return {.name = name,
          .out = out,
          .places = places::client_connection,
          .function = function,
          .documentation = text};
}

constexpr auto socket_source = &ConnectionView::socket_source;
constexpr auto socket_destination = &ConnectionView::socket_destination;

constexpr std::array rows = {
    reads("bc_dst", {}, SampleType::addr, places::response_head,
          address<server, &ConnectionView::destination>, "The server's address of the server connection."),
    reads("bc_dst_port", {}, SampleType::sint, places::response_head,
          port<server, &ConnectionView::destination>, "The server's port of the server connection."),
    reads("bc_src", {}, SampleType::addr, places::response_head, address<server, &ConnectionView::source>,
          "Our address of the server connection."),
    reads("bc_src_port", {}, SampleType::sint, places::response_head, port<server, &ConnectionView::source>,
          "Our port of the server connection."),
    ends("dst", SampleType::addr, address<client, &ConnectionView::destination>,
         "The address that the client connected to."),
    ends("dst_port", SampleType::sint, port<client, &ConnectionView::destination>,
         "The port that the client connected to."),
    ends("fc_dst", SampleType::addr, address<client, socket_destination>,
         "The address the client connected to, before a PROXY header or any rule changed it."),
    ends("fc_dst_port", SampleType::sint, port<client, socket_destination>,
         "The port the client connected to, before a PROXY header or any rule changed it."),
    FetchRow{.name = "fc_pp_authority",
             .out = SampleType::str,
             .places = places::client_connection,
             .function = authority,
             .documentation = "The authority TLV of the PROXY header that the client sent.",
             .several = true},
    FetchRow{.name = "fc_pp_tlv",
             .arguments = {.required = 1, .types = {ArgumentType::str}, .check = check_tlv},
             .out = SampleType::str,
             .places = places::client_tls,
             .function = tlv_by_type,
             .since = "2.9",
             .documentation =
                 "PPv2 TLV by number 0..255 or name (ALPN, AUTHORITY, CRC32, NETNS, NOOP, SSL, SSL_CIPHER, "
                 "SSL_CN, SSL_KEY_ALG, SSL_SIG_ALG, SSL_VERSION, UNIQUE_ID).",
             .several = true},
    FetchRow{.name = "fc_pp_unique_id",
             .out = SampleType::str,
             .places = places::client_connection,
             .function = unique_id,
             .documentation = "The unique id TLV of the PROXY header that the client sent.",
             .several = true},
    FetchRow{.name = "fc_rcvd_proxy",
             .out = SampleType::boolean,
             .places = places::client_connection,
             .function = received_proxy,
             .documentation = "Whether the client's connection began with a PROXY header."},
    ends("fc_src", SampleType::addr, address<client, socket_source>,
         "The client's address, before a PROXY header or any rule changed it."),
    ends("fc_src_port", SampleType::sint, port<client, socket_source>,
         "The client's port, before a PROXY header or any rule changed it."),
    ends("src", SampleType::addr, address<client, &ConnectionView::source>, "The address of the client."),
    ends("src_port", SampleType::sint, port<client, &ConnectionView::source>, "The port of the client."),
};
static_assert(sorted_and_unique(rows));

}  // namespace

FetchRows connection_fetches() { return rows; }

}  // namespace shunt::fetchers
