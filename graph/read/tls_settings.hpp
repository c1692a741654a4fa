// Lowering functions of TLS settings, on `bind` lines and in ssl-default-bind-options.
#pragma once
#include "graph/pki/certificate_store.hpp"
#include "graph/read/reading.hpp"

namespace shunt::graph {

// The argument in wire format; nullopt: reported.
[[nodiscard]] std::optional<std::string> read_alpn(Reading& reading);
void set_alpn(Reading& reading);
void set_no_alpn(Reading& reading);
void set_verify(Reading& reading);
void set_no_tickets(Reading& reading);  // also `tls-tickets`, its opposite
void set_prefer_client_ciphers(Reading& reading);
void set_strict_sni(Reading& reading);
void set_min_version(Reading& reading);
void set_max_version(Reading& reading);
void set_dh_bits(Reading& reading);
void set_keylog(Reading& reading);
void read_extra_files(Reading& reading);
// Where files of certificates are parsed into, as `global` says so far.
[[nodiscard]] pki::CertificateStore& certificates_of(Reading& reading);
// What `global` says so far of files beside certificates.
[[nodiscard]] pki::ExtraFiles extra_files(const config::Global& global);
void read_drop_extension(Reading& reading);
void read_provider(Reading& reading);
void read_fetching_switch(Reading& reading);  // ocsp-update.mode, ocsp-update.disable
void read_fetching_proxy(Reading& reading);
void set_fetches(Reading& reading);  // ocsp-update of a certificate

// Versions by number: 0 SSLv3, 1 TLS 1.0 ... 4 TLS 1.3.
void force(Reading& reading, std::size_t version);
void disable(Reading& reading, std::size_t version);
[[nodiscard]] std::string_view version_name(std::size_t version);

template <std::size_t Version>
void force_version(Reading& reading) {
  force(reading, Version);
}
template <std::size_t Version>
void disable_version(Reading& reading) {
  disable(reading, Version);
}

}  // namespace shunt::graph
