// What stands in files beside a certificate's: an OCSP response, certificate timestamps.
#pragma once
#include <optional>
#include <string>

#include "graph/pki/certificate_store.hpp"

namespace shunt::graph::pki {

// "x.pem.ocsp"; with `drop_extension` "x.ocsp" for x.crt.
[[nodiscard]] std::string beside(const std::string& path, std::string_view ending, const ExtraFiles& files);

// Each: nothing where there is no such file; faults are those that HAProxy refuses, too.
// A response that can't be read counts as none, as in HAProxy (which warns).
[[nodiscard]] std::optional<LoadError> load_stapled(Certificate& certificate, const ExtraFiles& files);
// Who issued it, of the chain or from a file beside it; null: it is not known.
[[nodiscard]] std::shared_ptr<X509> find_issuer(const Certificate& certificate, const ExtraFiles& files);
[[nodiscard]] std::optional<LoadError> load_timestamps(Certificate& certificate, const ExtraFiles& files);

}  // namespace shunt::graph::pki
