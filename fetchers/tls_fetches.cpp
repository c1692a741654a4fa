// Fetches of the TLS layer that we terminate for the client.
#include <array>
#include <optional>

#include "fetchers/families.hpp"
#include "fetchers/places.hpp"
#include "fetchers/tls_view.hpp"

namespace shunt::fetchers {
namespace {

Fetched terminated(Context& context, Arguments, Sample& out) {
  out.set_boolean(context.client_tls != nullptr && context.client_tls->active());
  return {.found = true};
}

template <std::optional<std::string_view> (TlsView::*read)() const>
Fetched text(Context& context, Arguments, Sample& out) {
  if (context.client_tls == nullptr || !context.client_tls->active()) return {};
  const std::optional<std::string_view> value = (context.client_tls->*read)();
  if (value) out.set_string(*value);
  return {.found = value.has_value()};
}

Fetched has_sni(Context& context, Arguments, Sample& out) {
  out.set_boolean(context.client_tls != nullptr && context.client_tls->active() &&
                  context.client_tls->sni().has_value());
  return {.found = true};
}

constexpr std::array rows = {
    FetchRow{.name = "ssl_fc",
             .out = SampleType::boolean,
             .places = places::client_tls,
             .function = terminated,
             .documentation = "Whether the client's connection uses TLS that ends here."},
    FetchRow{.name = "ssl_fc_alpn",
             .places = places::client_tls,
             .function = text<&TlsView::alpn>,
             .documentation = "The protocol negotiated with the client by ALPN."},
    FetchRow{.name = "ssl_fc_cipher",
             .places = places::client_tls,
             .function = text<&TlsView::cipher>,
             .documentation = "The cipher of the client's TLS connection."},
    FetchRow{.name = "ssl_fc_has_sni",
             .out = SampleType::boolean,
             .places = places::client_tls,
             .function = has_sni,
             .documentation = "Whether the client sent a server name when it made the TLS connection."},
    FetchRow{.name = "ssl_fc_protocol",
             .places = places::client_tls,
             .function = text<&TlsView::protocol>,
             .documentation = "The TLS version of the client's connection."},
    FetchRow{.name = "ssl_fc_sni",
             .places = places::client_tls,
             .function = text<&TlsView::sni>,
             .documentation = "The server name that the client sent when it made the TLS connection."},
};
static_assert(sorted_and_unique(rows));

}  // namespace

FetchRows tls_fetches() { return rows; }

}  // namespace shunt::fetchers
