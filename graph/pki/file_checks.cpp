// Tries what OpenSSL would be given later.
#include "graph/pki/file_checks.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include <cerrno>
#include <sstream>
#include <system_error>

#include <fmt/core.h>

#include "graph/pki/library.hpp"
#include "parser/outside.hpp"

namespace shunt::graph::pki {
namespace {

using ContextPtr = std::unique_ptr<SSL_CTX, Release<SSL_CTX_free>>;
using LibraryPtr = std::unique_ptr<OSSL_LIB_CTX, Release<OSSL_LIB_CTX_free>>;
using ProviderPtr = std::unique_ptr<OSSL_PROVIDER, Release<OSSL_PROVIDER_unload>>;

LoadError fault(std::string_view what, const std::string& path) {
  const std::string reason = library_reason();
  return {fmt::format("{} '{}'{}{}", what, path, reason.empty() ? "" : ": ", reason)};
}

}  // namespace

LoadError file_fault(std::string_view what, const std::string& path) {
  const auto bytes = parser::read_file(path);
  if (bytes) return fault(what, path);
  ERR_clear_error();
  const int error = bytes.assume_error();
  return {fmt::format("{} '{}': {}", what, path,
                      error == ENOENT ? "no such file" : std::generic_category().message(error))};
}

namespace {

// nullopt: it is too short, or no base64.
std::optional<std::string> decode_key(const std::string& line) {
  constexpr std::size_t short_key = 64;
  std::string key(line.size() / 4 * 3, '\0');
  const int size =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(key.data()),
                      reinterpret_cast<const unsigned char*>(line.data()), static_cast<int>(line.size()));
  const std::size_t wanted = line.size() == short_key ? 48 : 80;
  if (size < static_cast<int>(wanted)) return std::nullopt;
  key.resize(wanted);
  return key;
}

}  // namespace

Result<TicketKeys, LoadError> read_ticket_keys(const std::string& path, const std::string& bytes) {
  constexpr std::size_t short_line = 64, long_line = 108;  // 48 and 80 bytes in base64
  constexpr std::ptrdiff_t kept = 3;
  const auto fault = [&path](std::string_view what) { return LoadError{fmt::format("'{}' {}", path, what)}; };
  std::istringstream file(bytes);
  TicketKeys keys;
  std::size_t length = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) continue;
    const bool sized = line.size() == short_line || line.size() == long_line;
    if (!sized || (length != 0 && length != line.size()))
      return fault("holds a line that is no key of 48 or 80 bytes in base64");
    length = line.size();
    auto key = decode_key(line);
    if (!key) return fault("holds a bad key");
    keys.push_back(std::move(*key));
  }
  if (std::ssize(keys) < kept) return fault("holds fewer than three keys");
  keys.erase(keys.begin(), keys.end() - kept);
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
