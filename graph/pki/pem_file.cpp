// The whole file in a BIO that owns its bytes.
#include "graph/pki/pem_file.hpp"

#include "parser/outside.hpp"

namespace shunt::graph::pki {

BioPtr open_file(const std::string& path) {
  const auto bytes = parser::read_file(path);
  if (!bytes) return nullptr;
  BioPtr file(BIO_new(BIO_s_mem()));
  if (!file) return nullptr;
  BIO_set_mem_eof_return(file.get(), 0);
  const std::string& text = bytes.assume_value();
  if (!text.empty() && BIO_write(file.get(), text.data(), static_cast<int>(text.size())) <= 0) return nullptr;
  return file;
}

int no_passphrase(char*, int, int, void*) { return -1; }

}  // namespace shunt::graph::pki
