// Fetches of the TLS layer that we terminate for the client.
#include <array>

#include "fetchers/certificate.hpp"
#include "fetchers/families.hpp"
#include "fetchers/places.hpp"
#include "fetchers/tls_reading.hpp"

namespace shunt::fetchers {
namespace {

using tls::client;
using Type = SampleType;

Fetched has_sni(Context& context, Arguments, Sample& out) {
  const TlsView* view = tls::view<client>(context);
  bool const judged = view != nullptr && (view->established() || view->certificate_name().has_value());
  out.set_boolean(judged && view->sni().has_value());
  return {.found = true};
}

Fetched has_certificate(Context& context, Arguments, Sample& out) {
  const TlsView* view = tls::established<client>(context);
  out.set_boolean(view != nullptr && view->peer_showed_certificate());
  return {.found = view != nullptr};
}

// What a client sends early waits for the end of the handshake.
Fetched has_early(Context& context, Arguments, Sample& out) {
  out.set_boolean(false);
  return {.found = tls::view<client>(context) != nullptr};
}

Fetched error_text(Context& context, Arguments arguments, Sample& out) {
  const Fetched found = tls::error<client>(context, arguments, out);
  if (!found.found || out.integer == 0) return {};
  out.set_string(openssl_error_text(static_cast<std::uint64_t>(out.integer), *context.scratch));
  return found;
}

// It changes while the connection lives.
constexpr FetchRow state(FetchRow row) {
  row.purity = Purity::reads_state;
  return row;
}

constexpr std::array rows = {
    tls::client_row("ssl_fc", tls::in_use<client>, Type::boolean,
                    "Whether the client's connection uses TLS that ends here."),
    tls::client_row("ssl_fc_alg_keysize", tls::size<client, &TlsView::algorithm_bits>, Type::sint,
                    "Bits of the key that the cipher of the client's TLS connection works with."),
    tls::client_row("ssl_fc_alpn", tls::text<client, &TlsView::alpn>, Type::str,
                    "The protocol negotiated with the client by ALPN."),
    tls::client_row("ssl_fc_cipher", tls::text<client, &TlsView::cipher>, Type::str,
                    "The cipher of the client's TLS connection."),
    tls::client_row(
        "ssl_fc_client_early_traffic_secret", tls::secret<client, TlsSecret::client_early_traffic>, Type::str,
        "The client's early traffic secret of TLS 1.3 in hexadecimal, with `tune.ssl.keylog on`."),
    tls::client_row("ssl_fc_client_handshake_traffic_secret",
                    tls::secret<client, TlsSecret::client_handshake_traffic>, Type::str,
                    "The client's handshake secret of TLS 1.3 in hexadecimal, with `tune.ssl.keylog on`."),
    tls::client_row("ssl_fc_client_random", tls::binary<client, &TlsView::client_random>, Type::bin,
                    "The random bytes of the client's hello."),
    tls::client_row(
        "ssl_fc_client_traffic_secret_0", tls::secret<client, TlsSecret::client_traffic>, Type::str,
        "The client's first traffic secret of TLS 1.3 in hexadecimal, with `tune.ssl.keylog on`."),
    tls::client_row("ssl_fc_crtname", tls::text<client, &TlsView::certificate_name>, Type::str,
                    "The file of the certificate that was shown to the client.", "3.4"),
    tls::client_row("ssl_fc_curve", tls::text<client, &TlsView::curve>, Type::str,
                    "The group of the key exchange with the client.", "2.9"),
    tls::client_row("ssl_fc_early_exporter_secret", tls::secret<client, TlsSecret::early_exporter>, Type::str,
                    "The early exporter secret of TLS 1.3 in hexadecimal, with `tune.ssl.keylog on`."),
    tls::client_row("ssl_fc_early_rcvd", has_early, Type::boolean, "Whether early data was ever received.",
                    "3.3"),
    state(tls::client_row("ssl_fc_err", tls::error<client>, Type::sint,
                          "OpenSSL's number of the error on the client's TLS connection, 0 without one.")),
    state(tls::client_row("ssl_fc_err_str", error_text, Type::str,
                          "OpenSSL's words for the error on the client's TLS connection.")),
    tls::client_row("ssl_fc_exporter_secret", tls::secret<client, TlsSecret::exporter>, Type::str,
                    "The exporter secret of TLS 1.3 in hexadecimal, with `tune.ssl.keylog on`."),
    tls::client_row("ssl_fc_has_crt", has_certificate, Type::boolean,
                    "Whether the client showed a certificate in this handshake; a resumed session has none."),
    tls::client_row("ssl_fc_has_early", has_early, Type::boolean,
                    "Whether early data came and the handshake is not finished."),
    tls::client_row("ssl_fc_has_sni", has_sni, Type::boolean,
                    "Whether the client sent a server name when it made the TLS connection."),
    tls::client_row("ssl_fc_is_resumed", tls::resumed<client>, Type::boolean,
                    "Whether the client's TLS connection resumed a session."),
    tls::client_row("ssl_fc_npn", tls::never, Type::str,
                    "The protocol negotiated by NPN, which OpenSSL no longer has."),
    tls::client_row("ssl_fc_protocol", tls::text<client, &TlsView::protocol>, Type::str,
                    "The TLS version of the client's connection."),
    tls::client_row("ssl_fc_server_handshake_traffic_secret",
                    tls::secret<client, TlsSecret::server_handshake_traffic>, Type::str,
                    "This side's handshake secret of TLS 1.3 in hexadecimal, with `tune.ssl.keylog on`."),
    tls::client_row("ssl_fc_server_random", tls::binary<client, &TlsView::server_random>, Type::bin,
                    "The random bytes of the hello that was sent to the client."),
    tls::client_row("ssl_fc_server_traffic_secret_0", tls::secret<client, TlsSecret::server_traffic>,
                    Type::str,
                    "This side's first traffic secret of TLS 1.3 in hexadecimal, with `tune.ssl.keylog on`."),
    tls::client_row("ssl_fc_session_id", tls::binary<client, &TlsView::session_id>, Type::bin,
                    "The id of the client's TLS session."),
    tls::client_row("ssl_fc_session_key", tls::binary<client, &TlsView::session_key>, Type::bin,
                    "The master key of the client's TLS session."),
    tls::client_row("ssl_fc_sni", tls::text<client, &TlsView::sni>, Type::str,
                    "The server name that the client sent when it made the TLS connection."),
    tls::client_row("ssl_fc_unique_id", tls::binary<client, &TlsView::unique_id>, Type::bin,
                    "The unique id (RFC 5929) of the client's TLS connection."),
    tls::client_row("ssl_fc_use_keysize", tls::size<client, &TlsView::used_bits>, Type::sint,
                    "Bits of the key that the client's TLS connection really uses."),
};
static_assert(sorted_and_unique(rows));

}  // namespace

FetchRows tls_fetches() { return rows; }

}  // namespace shunt::fetchers
