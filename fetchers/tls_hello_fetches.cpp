// Fetches that read a TLS hello out of the buffered bytes, without terminating TLS.
#include <array>
#include <span>

#include "fetchers/families.hpp"
#include "fetchers/places.hpp"
#include "fetchers/wire/tls_hello.hpp"

namespace shunt::fetchers {
namespace {

using Side = BufferedBytes Context::*;

Fetched judged(wire::HelloState state, const BufferedBytes& buffer) {
  if (state == wire::HelloState::incomplete) return {.found = false, .may_change = !buffer.complete};
  return {.found = state == wire::HelloState::found};
}

template <Side side>
Fetched type(Context& context, Arguments, Sample& out) {
  const BufferedBytes& buffer = context.*side;
  if (!buffer.available) return {};
  const wire::HelloType found = wire::hello_type(buffer.data);
  out.set_integer(found.type);
  return judged(found.state, buffer);
}

template <wire::HelloField (*read)(std::string_view)>
Fetched field(Context& context, Arguments, Sample& out) {
  if (!context.request.available) return {};
  const wire::HelloField found = read(context.request.data);
  out.set_string(found.value);
  return judged(found.state, context.request);
}

Fetched version(Context& context, Arguments, Sample& out) {
  if (!context.request.available) return {};
  const wire::HelloVersion found = wire::hello_version(context.request.data);
  out.set_integer(found.version);
  return judged(found.state, context.request);
}

// One protocol name at a time; an ACL asks for the next one as long as there is one.
Fetched alpn(Context& context, Arguments, Sample& out) {
  if (!context.request.available) return {};
  const std::string_view bytes = context.request.data;
  const wire::HelloField found = wire::hello_alpn(bytes, context.value_index);
  out.set_string(found.value);
  Fetched result = judged(found.state, context.request);
  result.more =
      result.found && wire::hello_alpn(bytes, context.value_index + 1).state == wire::HelloState::found;
  return result;
}

// The binary lists of newer versions, as the client wrote them.
template <wire::HelloField (*read)(std::string_view)>
Fetched list(Context& context, Arguments arguments, Sample& out) {
  const Fetched found = field<read>(context, arguments, out);
  out.set_binary(out.text);
  return found;
}

Fetched key_share_groups(Context& context, Arguments arguments, Sample& out) {
  const Fetched found = list<wire::hello_key_shares>(context, arguments, out);
  if (!found.found) return found;
  const std::span<char> room = context.scratch->allocate(out.text.size());
  const auto size = wire::key_share_groups(out.text, room);
  if (!size) return {};
  out.set_binary({room.data(), *size});
  return found;
}

Fetched groups_extension(Context& context, Arguments arguments, Sample& out) {
  const Fetched found = field<wire::hello_groups_extension>(context, arguments, out);
  out.set_boolean(true);
  return found;
}

Fetched ticket_extension(Context& context, Arguments, Sample& out) {
  if (!context.request.available) return {};
  const wire::HelloTicket found = wire::hello_ticket(context.request.data);
  out.set_integer(static_cast<std::int64_t>(found.offer));
  return judged(found.state, context.request);
}

constexpr auto sni = field<wire::hello_sni>;
constexpr auto request_type = type<&Context::request>;
constexpr auto response_type = type<&Context::response>;

constexpr std::array rows = {
    FetchRow{.name = "rep_ssl_hello_type",
             .out = SampleType::sint,
             .places = places::response_buffer,
             .function = response_type,
             .documentation = "Old name of res.ssl_hello_type.",
             .same_as = "res.ssl_hello_type"},
    FetchRow{.name = "req.ssl_alpn",
             .places = places::request_buffer,
             .function = alpn,
             .documentation = "The protocols that the client's TLS hello offers by ALPN.",
             .several = true},
    FetchRow{.name = "req.ssl_cipherlist",
             .out = SampleType::bin,
             .places = places::client_connection,
             .function = list<wire::hello_suites>,
             .since = "3.2",
             .documentation = "The cipher suites that the client's TLS hello offers, two bytes each."},
    FetchRow{.name = "req.ssl_ec_ext",
             .out = SampleType::boolean,
             .places = places::request_buffer,
             .function = groups_extension,
             .documentation = "True when the client's TLS hello has the supported groups extension; no value "
                              "without it."},
    FetchRow{.name = "req.ssl_hello_type",
             .out = SampleType::sint,
             .places = places::request_buffer,
             .function = request_type,
             .documentation = "The type of the TLS handshake message that the client sent first."},
    FetchRow{.name = "req.ssl_keyshare_groups",
             .out = SampleType::bin,
             .places = places::client_connection,
             .function = key_share_groups,
             .since = "3.2",
             .documentation = "The groups for which the client's TLS hello has key shares, two bytes each."},
    FetchRow{.name = "req.ssl_sigalgs",
             .out = SampleType::bin,
             .places = places::client_connection,
             .function = list<wire::hello_signatures>,
             .since = "3.2",
             .documentation = "The signature algorithms that the client's TLS hello offers, two bytes each."},
    FetchRow{.name = "req.ssl_sni",
             .places = places::request_buffer,
             .function = sni,
             .documentation = "The server name in the client's TLS hello."},
    FetchRow{.name = "req.ssl_st_ext",
             .out = SampleType::sint,
             .places = places::request_buffer,
             .function = ticket_extension,
             .documentation = "Whether the client's TLS hello has no session ticket extension (0), an empty "
                              "one (1) or one with a ticket (2)."},
    FetchRow{.name = "req.ssl_supported_groups",
             .out = SampleType::bin,
             .places = places::client_connection,
             .function = list<wire::hello_groups>,
             .since = "3.2",
             .documentation = "The groups that the client's TLS hello supports, two bytes each."},
    FetchRow{.name = "req.ssl_ver",
             .out = SampleType::sint,
             .places = places::request_buffer,
             .function = version,
             .documentation = "The version in the client's TLS hello: major * 65536 + minor."},
    FetchRow{.name = "req_ssl_hello_type",
             .out = SampleType::sint,
             .places = places::request_buffer,
             .function = request_type,
             .documentation = "Old name of req.ssl_hello_type.",
             .same_as = "req.ssl_hello_type"},
    FetchRow{.name = "req_ssl_sni",
             .places = places::request_buffer,
             .function = sni,
             .documentation = "Old name of req.ssl_sni.",
             .same_as = "req.ssl_sni"},
    FetchRow{.name = "req_ssl_ver",
             .out = SampleType::sint,
             .places = places::request_buffer,
             .function = version,
             .documentation = "Old name of req.ssl_ver.",
             .same_as = "req.ssl_ver"},
    FetchRow{.name = "res.ssl_hello_type",
             .out = SampleType::sint,
             .places = places::response_buffer,
             .function = response_type,
             .documentation = "The type of the TLS handshake message that the server sent first."},
};
static_assert(sorted_and_unique(rows));

}  // namespace

FetchRows tls_hello_fetches() { return rows; }

}  // namespace shunt::fetchers
