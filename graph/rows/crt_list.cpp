// The options of certificates in crt-list files, on `ssl-f-use` lines and in crt-store sections.
#include "graph/read/setters.hpp"
#include "graph/read/tls_settings.hpp"
#include "graph/rows/families.hpp"

namespace shunt::graph {
namespace {

using B = config::BindParameters;

constexpr std::string_view later = "not available in lists of certificates yet";

constexpr Row option(std::string_view name, std::string_view syntax, std::string_view documentation,
                     std::string_view since = {}) {
  return {.name = name,
          .max_args = syntax.empty() ? std::uint8_t{0} : any_number,
          .status = Status::unsupported,
          .since = since,
          .advice = later,
          .syntax = syntax,
          .documentation = documentation};
}

constexpr Row runs(std::string_view name, std::string_view syntax, Lower lower,
                   std::string_view documentation, std::string_view since = {}) {
  return {.name = name,
          .max_args = syntax.empty() ? std::uint8_t{0} : any_number,
          .since = since,
          .lower = lower,
          .syntax = syntax,
          .documentation = documentation};
}

constexpr std::array rows{
    runs("allow-0rtt", "", set_flag<&B::early_data>, "Early data of TLS 1.3."),
    runs("alpn", "<text>", set_alpn, "Protocols offered inside TLS."),
    runs("ca-file", "<ca-file>", set_text<&B::ca_file>, "Authorities of client certificates."),
    runs("ca-verify-file", "<ca-file>", set_text<&B::ca_verify_file>,
         "Authorities that verify but are not announced."),
    runs("ciphers", "<text>", set_text<&B::ciphers>, "Cipher suites up to TLS 1.2."),
    runs("ciphersuites", "<text>", set_text<&B::ciphersuites>, "Cipher suites of TLS 1.3."),
    runs("client-sigalgs", "<text>", set_text<&B::client_sigalgs>,
         "Signature algorithms of client certificates.", "2.8"),
    runs("crl-file", "<crl-file>", set_text<&B::crl_file>, "Revoked client certificates."),
    runs("curves", "<text>", set_text<&B::curves>, "Elliptic curves."),
    runs("ecdhe", "<text>", set_text<&B::curves>, "The elliptic curve of key exchanges."),
    runs("issuer", "<file>", set_text<&B::issuer_file>, "The issuer for OCSP.", "3.0"),
    runs("key", "<file>", set_text<&B::key_file>, "The key, when it has a file of its own.", "3.0"),
    option("ktls", "on|off", "TLS in the kernel.", "3.3"),
    runs("no-alpn", "", set_no_alpn, "No protocols offered inside TLS.", "2.8"),
    runs("no-ca-names", "", set_flag<&B::no_ca_names>, "Doesn't send the names of authorities."),
    option("npn", "<text>", "Predecessor of ALPN."),
    runs("ocsp", "<text>", set_text<&B::stapled_file>, "A stored OCSP response.", "3.0"),
    runs("ocsp-update", "on|off", set_fetches, "Whether OCSP responses are fetched.", "2.8"),
    runs("sctl", "<text>", set_text<&B::timestamps_file>, "Certificate timestamps.", "3.0"),
    runs("sigalgs", "<text>", set_text<&B::sigalgs>, "Signature algorithms.", "2.8"),
    runs("ssl-max-ver", "SSLv3|TLSv1.0|TLSv1.1|TLSv1.2|TLSv1.3", set_max_version, "Highest version."),
    runs("ssl-min-ver", "SSLv3|TLSv1.0|TLSv1.1|TLSv1.2|TLSv1.3", set_min_version, "Lowest version."),
    runs("verify", "none|optional|required", set_verify, "Whether clients must show a certificate."),
};

}  // namespace

SHUNT_FAMILY(crt_list_family, "option of a certificate", rows);

}  // namespace shunt::graph
