// Certificates made on the spot for tests: self-signed, with the given names and kind of key.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace shunt::graph::testing {

// PEM texts.
struct MadeCertificate {
  std::string certificate, key;
};

struct CertificateRecipe {
  std::string common_name;
  std::vector<std::string> alternative_names = {};  // of hosts; "IP:192.0.2.1" for an address
  bool elliptic = false;
  int days = 1;  // until it ends; negative: it has ended
  unsigned rsa_bits = 2048;
  long begins = 0, ends = 0;                // seconds; more than these            // seconds from now
  const MadeCertificate* issuer = nullptr;  // none: itself
  long serial = 1;
  bool identifies_issuer = false;  // by an extension, not by its name alone
};

[[nodiscard]] MadeCertificate make_certificate(const CertificateRecipe& recipe);

void write_file(const std::filesystem::path& path, const std::string& text);
// Certificate and key in one file.
void write_certificate(const std::filesystem::path& path, const CertificateRecipe& recipe);

// A fresh directory that is removed with the object.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace shunt::graph::testing
