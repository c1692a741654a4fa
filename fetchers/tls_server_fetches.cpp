// Fetches of the TLS layer of the connection to the server.
#include <array>

#include "fetchers/certificate.hpp"
#include "fetchers/families.hpp"
#include "fetchers/places.hpp"
#include "fetchers/tls_reading.hpp"

namespace shunt::fetchers {
namespace {

using tls::server;
using Type = SampleType;

Fetched error_text(Context& context, Arguments arguments, Sample& out) {
  const Fetched found = tls::error<server>(context, arguments, out);
  if (!found.found || out.integer == 0) return {};
  out.set_string(openssl_error_text(static_cast<std::uint64_t>(out.integer), *context.scratch));
  return found;
}

// Each of them depends on when it is asked: there is no server at first.
constexpr FetchRow row(std::string_view name, FetchFunction function, Type type, std::string_view text,
                       std::string_view since = {}, std::uint32_t where = places::response_head) {
  return {.name = name,
          .out = type,
          .places = where,
          .purity = Purity::reads_state,
          .function = function,
          .since = since,
          .documentation = text};
}
constexpr FetchRow secret(std::string_view name, FetchFunction function, std::string_view text) {
  return row(name, function, Type::str, text, "3.0", places::client_tls);
}

constexpr std::array rows = {
    row("ssl_bc", tls::in_use<server>, Type::boolean, "Whether the connection to the server uses TLS."),
    row("ssl_bc_alg_keysize", tls::size<server, &TlsView::algorithm_bits>, Type::sint,
        "Bits of the key that the cipher of the server's TLS connection works with."),
    row("ssl_bc_alpn", tls::text<server, &TlsView::alpn>, Type::str,
        "The protocol negotiated with the server by ALPN."),
    row("ssl_bc_cipher", tls::text<server, &TlsView::cipher>, Type::str,
        "The cipher of the server's TLS connection."),
    secret("ssl_bc_client_early_traffic_secret", tls::secret<server, TlsSecret::client_early_traffic>,
           "This side's early traffic secret of TLS 1.3 in hexadecimal, with `tune.ssl.keylog on`."),
    secret("ssl_bc_client_handshake_traffic_secret", tls::secret<server, TlsSecret::client_handshake_traffic>,
           "This side's handshake secret of TLS 1.3 in hexadecimal, with `tune.ssl.keylog on`."),
    row("ssl_bc_client_random", tls::binary<server, &TlsView::client_random>, Type::bin,
        "The random bytes of the hello that was sent to the server."),
    secret("ssl_bc_client_traffic_secret_0", tls::secret<server, TlsSecret::client_traffic>,
           "This side's first traffic secret of TLS 1.3 in hexadecimal, with `tune.ssl.keylog on`."),
    row("ssl_bc_curve", tls::text<server, &TlsView::curve>, Type::str,
        "The group of the key exchange with the server.", "2.9"),
    secret("ssl_bc_early_exporter_secret", tls::secret<server, TlsSecret::early_exporter>,
           "The early exporter secret of TLS 1.3 in hexadecimal, with `tune.ssl.keylog on`."),
    row("ssl_bc_err", tls::error<server>, Type::sint,
        "OpenSSL's number of the error on the server's TLS connection, 0 without one."),
    row("ssl_bc_err_str", error_text, Type::str,
        "OpenSSL's words for the error on the server's TLS connection."),
    secret("ssl_bc_exporter_secret", tls::secret<server, TlsSecret::exporter>,
           "The exporter secret of TLS 1.3 in hexadecimal, with `tune.ssl.keylog on`."),
    row("ssl_bc_is_resumed", tls::resumed<server>, Type::boolean,
        "Whether the server's TLS connection resumed a session."),
    row("ssl_bc_npn", tls::never, Type::str, "The protocol negotiated by NPN, which OpenSSL no longer has."),
    row("ssl_bc_protocol", tls::text<server, &TlsView::protocol>, Type::str,
        "The TLS version of the server's connection."),
    secret("ssl_bc_server_handshake_traffic_secret", tls::secret<server, TlsSecret::server_handshake_traffic>,
           "The server's handshake secret of TLS 1.3 in hexadecimal, with `tune.ssl.keylog on`."),
    row("ssl_bc_server_random", tls::binary<server, &TlsView::server_random>, Type::bin,
        "The random bytes of the server's hello."),
    secret("ssl_bc_server_traffic_secret_0", tls::secret<server, TlsSecret::server_traffic>,
           "The server's first traffic secret of TLS 1.3 in hexadecimal, with `tune.ssl.keylog on`."),
    row("ssl_bc_session_id", tls::binary<server, &TlsView::session_id>, Type::bin,
        "The id of the server's TLS session."),
    row("ssl_bc_session_key", tls::binary<server, &TlsView::session_key>, Type::bin,
        "The master key of the server's TLS session."),
    row("ssl_bc_sni", tls::text<server, &TlsView::sni>, Type::str,
        "The server name that was sent to the server.", "3.3"),
    row("ssl_bc_unique_id", tls::binary<server, &TlsView::unique_id>, Type::bin,
        "The unique id (RFC 5929) of the server's TLS connection."),
    row("ssl_bc_use_keysize", tls::size<server, &TlsView::used_bits>, Type::sint,
        "Bits of the key that the server's TLS connection really uses."),
};
static_assert(sorted_and_unique(rows));

}  // namespace

FetchRows tls_server_fetches() { return rows; }

}  // namespace shunt::fetchers
