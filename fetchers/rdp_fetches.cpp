// Fetches of the cookie that Remote Desktop clients send first.
#include <array>

#include "fetchers/families.hpp"
#include "fetchers/places.hpp"
#include "fetchers/wire/rdp_cookie.hpp"

namespace shunt::fetchers {
namespace {

Fetched cookie(Context& context, Arguments arguments, Sample& out) {
  const BufferedBytes& buffer = context.request;
  if (!buffer.available) return {};
  const wire::RdpCookie found = wire::read_rdp_cookie(buffer.data, arguments[0].text);
  if (found.state == wire::ReadState::incomplete) return {.found = false, .may_change = !buffer.complete};
  out.set_string(found.value);
  return {.found = found.state == wire::ReadState::found};
}

Fetched cookie_count(Context& context, Arguments arguments, Sample& out) {
  const Fetched found = cookie(context, arguments, out);
  out.set_integer(found.found ? 1 : 0);
  return {.found = context.request.available && !found.may_change, .may_change = found.may_change};
}

constexpr ArgumentSignature name_argument{.types = {ArgumentType::str}};

constexpr std::array rows = {
    FetchRow{.name = "rdp_cookie",
             .arguments = name_argument,
             .places = places::request_buffer,
             .function = cookie,
             .documentation = "Old name of req.rdp_cookie.",
             .same_as = "req.rdp_cookie"},
    FetchRow{.name = "rdp_cookie_cnt",
             .arguments = name_argument,
             .out = SampleType::sint,
             .places = places::request_buffer,
             .function = cookie_count,
             .documentation = "Old name of req.rdp_cookie_cnt.",
             .same_as = "req.rdp_cookie_cnt"},
    FetchRow{.name = "req.rdp_cookie",
             .arguments = name_argument,
             .places = places::request_buffer,
             .function = cookie,
             .documentation = "The value of the RDP cookie of this name, or of the one there is."},
    FetchRow{.name = "req.rdp_cookie_cnt",
             .arguments = name_argument,
             .out = SampleType::sint,
             .places = places::request_buffer,
             .function = cookie_count,
             .documentation = "1 when there is an RDP cookie of this name."},
};
static_assert(sorted_and_unique(rows));

}  // namespace

FetchRows rdp_fetches() { return rows; }

}  // namespace shunt::fetchers
