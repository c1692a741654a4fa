// What can be said about the certificates of a file without knowing the library that reads them.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace shunt::graph::pki {

struct CertificateFacts {
  std::string path;
  std::int64_t not_before = 0, not_after = 0;  // seconds since 1970
  int rsa_bits = 0;                            // 0: another kind of key
  std::vector<std::string> names;              // lower case; "*.x" for wildcards
};

// A file or a directory, as `crt` has it; what can't be read is left out.
[[nodiscard]] std::vector<CertificateFacts> facts_of(const std::string& path);

}  // namespace shunt::graph::pki
