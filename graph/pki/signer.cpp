// Reads the certificate and the key of an authority that signs.
#include "graph/pki/signer.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>

#include <fmt/core.h>

#include "graph/pki/pem_file.hpp"
#include "parser/outside.hpp"

namespace shunt::graph::pki {
namespace {

// Never asks on the terminal.
int passphrase_of(char* to, int room, int, void* text) {
  const auto& passphrase = *static_cast<const std::string*>(text);
  if (passphrase.empty() || passphrase.size() > static_cast<std::size_t>(room)) return -1;
  std::ranges::copy(passphrase, to);
  return static_cast<int>(passphrase.size());
}

KeyPtr key_in(const std::string& path, const std::string& passphrase) {
  const BioPtr file = open_file(path);
  auto* const text = const_cast<std::string*>(&passphrase);  // only read
  KeyPtr key(file ? PEM_read_bio_PrivateKey(file.get(), nullptr, passphrase_of, text) : nullptr);
  ERR_clear_error();
  return key;
}

std::string place_of(const std::string& path) {
  if (path.starts_with('/')) return path;
  const auto here = parser::working_directory();
  return here ? here.assume_value() + '/' + path : path;
}

}  // namespace

Result<std::shared_ptr<const Certificate>, LoadError> load_signer(const std::string& path,
                                                                  const std::string& passphrase,
                                                                  std::string place) {
  if (place.empty()) place = place_of(path);
  auto made = std::make_shared<Certificate>();
  made->path = path;
  made->source = {.path = path, .place = place};
  const BioPtr file = open_file(place);
  made->leaf.reset(file ? PEM_read_bio_X509_AUX(file.get(), nullptr, nullptr, nullptr) : nullptr);
  ERR_clear_error();
  if (!made->leaf) return LoadError{fmt::format("no certificate of an authority in '{}'", path)};
  made->key = key_in(place, passphrase);
  if (!made->key) made->key = key_in(place + ".key", passphrase);
  if (!made->key) return LoadError{fmt::format("no usable private key in '{}' nor in '{}.key'", path, path)};
  const bool fits = X509_check_private_key(made->leaf.get(), made->key.get()) == 1;
  ERR_clear_error();
  if (!fits) return LoadError{fmt::format("the private key doesn't belong to the certificate in '{}'", path)};
  return std::shared_ptr<const Certificate>(std::move(made));
}

std::array<std::string, 2> places_of_signer(const Certificate& signer) {
  return {signer.source.place, signer.source.place + ".key"};
}

}  // namespace shunt::graph::pki
