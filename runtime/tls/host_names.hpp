// Whether a certificate is made out for a host name, as HAProxy judges it.
#pragma once
#include <openssl/x509.h>

#include <string_view>

namespace shunt::runtime {

// Equal but for case; or the pattern's first label has one `*`, which stands for any (possibly no) bytes of
// the host's first label [seen].
[[nodiscard]] bool host_matches(std::string_view pattern, std::string_view host);

// Any DNS name of subjectAltName or any common name of the subject: these count beside the others [seen].
[[nodiscard]] bool made_out_for(X509* certificate, std::string_view host);

}  // namespace shunt::runtime
