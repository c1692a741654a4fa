// One certificate with its chain and key: from bytes to objects, alone or many at a time on all processors.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "graph/pki/certificate_store.hpp"

namespace shunt::graph::pki {

// The bytes that a certificate is made of.
struct CertificateText {
  std::string file;
  std::string key;  // of the file beside it; empty: none was needed
};

// The other file that the key may be in; empty: there is none.
[[nodiscard]] std::string key_place(const CertificateSource& source, const ExtraFiles& files);
// Whether a key must be looked for in another file.
[[nodiscard]] bool holds_key(std::string_view pem);

// The plain case: PEM blocks that all can be read, the key belongs to the first certificate. Anything else is
// nullopt, and load_certificate() says what it is. `pool`: certificates that occur again share memory.
[[nodiscard]] std::vector<std::optional<Certificate>> parse_all(const std::vector<CertificateText>& texts,
                                                                IssuerPool& pool);

}  // namespace shunt::graph::pki
