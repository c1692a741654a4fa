// What the TLS library says of itself, and its settings for the whole process.
#include "graph/pki/library.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include <fmt/core.h>

#include <ctime>
#include <memory>
#include <utility>
#include <vector>

namespace shunt::graph::pki {

std::string_view library_name() { return OpenSSL_version(OPENSSL_VERSION); }

std::string library_reason() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? std::string() : std::string(reason);
}

std::string library_error() {
  const std::string reason = library_reason();
  return reason.empty() ? reason : fmt::format(" ({})", reason);
}

std::int64_t seconds_of(const ASN1_TIME* time) {
  std::tm parts{};
  return time != nullptr && ASN1_TIME_to_tm(time, &parts) == 1 ? ::timegm(&parts) : 0;
}

namespace {

// For the rest of the process, as the library's choice of providers is. It wants them back before its own
// end.
bool load_provider(const char* name) {
  using Provider = std::unique_ptr<OSSL_PROVIDER, decltype(&OSSL_PROVIDER_unload)>;
  static std::vector<Provider> loaded;
  Provider provider(OSSL_PROVIDER_load(nullptr, name), OSSL_PROVIDER_unload);
  if (!provider) return false;
  loaded.push_back(std::move(provider));
  return true;
}

}  // namespace

std::optional<LoadError> use_provider(const std::string& name, const std::string& path) {
  // Whoever has used the default one before keeps it beside the others; so it is with HAProxy [seen].
  EVP_MD_free(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  const bool found = (path.empty() || OSSL_PROVIDER_set_default_search_path(nullptr, path.c_str()) == 1) &&
                     load_provider(name.c_str());
  ERR_clear_error();
  if (found) return std::nullopt;
  return LoadError{fmt::format("OpenSSL has no provider '{}'", name)};
}

std::optional<LoadError> use_properties(const std::string& query) {
  const bool set = EVP_set_default_properties(nullptr, query.c_str()) == 1;
  SSL_CTX* const probe = set ? SSL_CTX_new(TLS_server_method()) : nullptr;
  const bool taken = probe != nullptr;
  SSL_CTX_free(probe);
  ERR_clear_error();
  if (taken) return std::nullopt;
  return LoadError{fmt::format("OpenSSL has nothing for the property query '{}'", query)};
}

}  // namespace shunt::graph::pki
