// Reads and compares chains of issuers.
#include "graph/pki/issuer_chains.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <filesystem>

#include "graph/pki/pem_file.hpp"

namespace shunt::graph::pki {
namespace {

std::vector<X509Ptr> read_chain(const std::string& path) {
  const BioPtr file = open_file(path);
  std::vector<X509Ptr> chain;
  while (X509Ptr next{file ? PEM_read_bio_X509(file.get(), nullptr, no_passphrase, nullptr) : nullptr})
    chain.push_back(std::move(next));
  ERR_clear_error();
  return chain;
}

}  // namespace

IssuerChains read_issuers(const std::string& directory) {
  IssuerChains all;
  for (const std::string& name : certificate_names(directory)) {
    std::vector<X509Ptr> chain = read_chain((std::filesystem::path(directory) / name).string());
    if (!chain.empty()) all.push_back(std::move(chain));
  }
  return all;
}

bool same(const IssuerChains& a, const IssuerChains& b) {
  const auto equal = [](const X509Ptr& x, const X509Ptr& y) { return X509_cmp(x.get(), y.get()) == 0; };
  return std::ranges::equal(a, b, [&](const std::vector<X509Ptr>& one, const std::vector<X509Ptr>& other) {
    return std::ranges::equal(one, other, equal);
  });
}

}  // namespace shunt::graph::pki
