// Parses what OpenSSL would be given later and forgets it again.
#include "graph/pki/file_checks.hpp"

#include "graph/pki/parameters.hpp"
#include "graph/pki/pem_file.hpp"
#include "parser/outside.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/provider.h>

#include <algorithm>
#include <cerrno>
#include <sstream>
#include <system_error>

#include <fmt/format.h>

namespace shunt::graph::pki {
namespace {

using ContextPtr = std::unique_ptr<SSL_CTX, Release<SSL_CTX_free>>;
using LibraryPtr = std::unique_ptr<OSSL_LIB_CTX, Release<OSSL_LIB_CTX_free>>;
using ProviderPtr = std::unique_ptr<OSSL_PROVIDER, Release<OSSL_PROVIDER_unload>>;
using RevocationPtr = std::unique_ptr<X509_CRL, Release<X509_CRL_free>>;

int no_passphrase(char*, int, int, void*) { return -1; }

LoadError fault(std::string_view what, const std::string& path) {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return {
      fmt::format("{} '{}'{}{}", what, path, reason == nullptr ? "" : ": ", reason == nullptr ? "" : reason)};
}

// The library's reason, or the system's where there was nothing for the library to read.
LoadError file_fault(std::string_view what, const std::string& path) {
  const auto bytes = parser::read_file(path);
  if (bytes) return fault(what, path);
  ERR_clear_error();
  const int error = bytes.assume_error();
  return {fmt::format("{} '{}': {}", what, path,
                      error == ENOENT ? "no such file" : std::generic_category().message(error))};
}

bool has_certificate(const std::string& path) {
  const BioPtr file = open_file(path);
  return file && X509Ptr(PEM_read_bio_X509_AUX(file.get(), nullptr, no_passphrase, nullptr)) != nullptr;
}

bool has_revocation(const std::string& path) {
  const BioPtr file = open_file(path);
  return file && RevocationPtr(PEM_read_bio_X509_CRL(file.get(), nullptr, no_passphrase, nullptr)) != nullptr;
}

}  // namespace

std::optional<LoadError> check_authorities(const std::string& path) {
  if (path == "@system-ca" || parser::is_directory(path) || has_certificate(path) || has_revocation(path)) {
    ERR_clear_error();
    return std::nullopt;
  }
  return file_fault("no certificate of an authority can be read from", path);
}

std::optional<LoadError> check_revocations(const std::string& path) {
  if (has_revocation(path) || has_certificate(path)) {
    ERR_clear_error();
    return std::nullopt;
  }
  return file_fault("no list of revoked certificates can be read from", path);
}

std::optional<LoadError> check_parameters(const std::string& path) {
  if (read_parameters(path)) return std::nullopt;
  return file_fault("no Diffie-Hellman parameters can be read from", path);
}

std::optional<LoadError> check_ticket_keys(const std::string& path) {
  constexpr std::size_t short_key = 64, long_key = 108;  // 48 and 80 bytes in base64
  auto bytes = parser::read_file(path);
  if (!bytes) return LoadError{fmt::format("the file '{}' can't be read", path)};
  std::istringstream file(std::move(bytes).assume_value());
  std::size_t keys = 0, size = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) continue;
    const bool sized = line.size() == short_key || line.size() == long_key;
    if (!sized || (size != 0 && size != line.size()))
      return LoadError{fmt::format("'{}' holds a line that is no key of 48 or 80 bytes in base64", path)};
    size = line.size();
    ++keys;
  }
  if (keys >= 3) return std::nullopt;
  return LoadError{fmt::format("'{}' holds fewer than three keys", path)};
}

Result<std::vector<std::string>, LoadError> read_ticket_keys(const std::string& path) {
  if (auto fault = check_ticket_keys(path)) return std::move(*fault);
  constexpr std::size_t kept = 3;
  auto bytes = parser::read_file(path);
  if (!bytes) return LoadError{fmt::format("the file '{}' can't be read", path)};
  std::istringstream file(std::move(bytes).assume_value());
  std::vector<std::string> keys;
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) continue;
    std::string key(line.size() / 4 * 3, '\0');
    const int size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(key.data()),
                        reinterpret_cast<const unsigned char*>(line.data()), static_cast<int>(line.size()));
    const std::size_t wanted = line.size() == 64 ? 48 : 80;
    if (size < static_cast<int>(wanted)) return LoadError{fmt::format("'{}' holds a bad key", path)};
    key.resize(wanted);
    keys.push_back(std::move(key));
  }
  keys.erase(keys.begin(), keys.end() - static_cast<std::ptrdiff_t>(std::min(kept, keys.size())));
  return keys;
}

std::optional<LoadError> check_provider(const std::string& name, const std::string& path) {
  const LibraryPtr library(OSSL_LIB_CTX_new());
  if (!path.empty()) OSSL_PROVIDER_set_default_search_path(library.get(), path.c_str());
  const ProviderPtr provider(OSSL_PROVIDER_load(library.get(), name.c_str()));
  if (provider) return std::nullopt;
  return fault("OpenSSL has no provider", name);
}

std::optional<LoadError> check_properties(const std::string& query) {
  const LibraryPtr library(OSSL_LIB_CTX_new());
  if (EVP_set_default_properties(library.get(), query.c_str()) == 1) return std::nullopt;
  return fault("OpenSSL doesn't understand the property query", query);
}

std::optional<LoadError> check_signature_algorithms(const std::string& list) {
  const ContextPtr context(SSL_CTX_new(TLS_server_method()));
  if (SSL_CTX_set1_sigalgs_list(context.get(), list.c_str()) == 1) return std::nullopt;
  return fault("OpenSSL doesn't know the signature algorithms", list);
}

}  // namespace shunt::graph::pki
