// The options of certificates in crt-list files, on `ssl-f-use` lines and in crt-store sections.
#include "graph/rows/families.hpp"

namespace shunt::graph {
namespace {

constexpr std::string_view later = "lists of certificates are not executed yet";

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

constexpr std::array rows{
    option("allow-0rtt", "", "Early data of TLS 1.3."),
    option("alpn", "<text>", "Protocols offered inside TLS."),
    option("ca-file", "<ca-file>", "Authorities of client certificates."),
    option("ca-verify-file", "<ca-file>", "Authorities that verify but are not announced."),
    option("ciphers", "<text>", "Cipher suites up to TLS 1.2."),
    option("ciphersuites", "<text>", "Cipher suites of TLS 1.3."),
    option("client-sigalgs", "<text>", "Signature algorithms of client certificates.", "2.8"),
    option("crl-file", "<crl-file>", "Revoked client certificates."),
    option("curves", "<text>", "Elliptic curves."),
    option("ecdhe", "<text>", "The elliptic curve of key exchanges."),
    option("issuer", "<file>", "The issuer for OCSP.", "3.0"),
    option("key", "<file>", "The key, when it has a file of its own.", "3.0"),
    option("ktls", "on|off", "TLS in the kernel.", "3.3"),
    option("no-alpn", "", "No protocols offered inside TLS.", "2.8"),
    option("no-ca-names", "", "Doesn't send the names of authorities."),
    option("npn", "<text>", "Predecessor of ALPN."),
    option("ocsp", "<text>", "A stored OCSP response.", "3.0"),
    option("ocsp-update", "on|off", "Fetches OCSP responses.", "2.8"),
    option("sctl", "<text>", "Certificate timestamps.", "3.0"),
    option("sigalgs", "<text>", "Signature algorithms.", "2.8"),
    option("ssl-max-ver", "SSLv3|TLSv1.0|TLSv1.1|TLSv1.2|TLSv1.3", "Highest version."),
    option("ssl-min-ver", "SSLv3|TLSv1.0|TLSv1.1|TLSv1.2|TLSv1.3", "Lowest version."),
    option("verify", "none|optional|required", "Whether clients must show a certificate."),
};

}  // namespace

SHUNT_FAMILY(crt_list_family, "option of a certificate", rows);

}  // namespace shunt::graph
