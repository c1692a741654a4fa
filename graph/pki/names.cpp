// Walks subjectAltName and the subject.
#include "graph/pki/names.hpp"

#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>

#include "acl/fold.hpp"
#include "fetchers/endpoint.hpp"
#include "graph/pki/certificate_store.hpp"

namespace shunt::graph::pki {
namespace {

using NamesPtr = std::unique_ptr<GENERAL_NAMES, Release<GENERAL_NAMES_free>>;

void add(std::vector<std::string>& names, std::string name) {
  if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
}

std::string_view bytes_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

// `use`: called with each GENERAL_NAME.
template <class Use>
void each_alternative(X509* certificate, const Use& use) {
  const NamesPtr all(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()); ++i) use(*sk_GENERAL_NAME_value(all.get(), i));
}

void add_common_names(X509* certificate, std::vector<std::string>& names) {
  X509_NAME* const subject = X509_get_subject_name(certificate);
  int at = -1;
  while ((at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0) {
    unsigned char* utf8 = nullptr;
    const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    if (size < 0) continue;
    add(names, acl::folded({reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size)}));
    OPENSSL_free(utf8);
  }
}

// Nothing: no address has so many bytes.
std::optional<fetchers::Endpoint> endpoint_of(std::string_view bytes) {
  constexpr std::size_t ipv4 = 4, ipv6 = 16;
  if (bytes.size() != ipv4 && bytes.size() != ipv6) return std::nullopt;
  fetchers::Endpoint found;
  found.family = bytes.size() == ipv4 ? fetchers::Family::ipv4 : fetchers::Family::ipv6;
  std::ranges::copy(bytes, found.address.begin());
  return found;
}

}  // namespace

std::vector<std::string> host_names(X509* certificate) {
  std::vector<std::string> names;
  each_alternative(certificate, [&names](const GENERAL_NAME& name) {
    if (name.type == GEN_DNS) add(names, acl::folded(bytes_of(name.d.dNSName)));
  });
  add_common_names(certificate, names);
  return names;
}

std::vector<std::string> addresses(X509* certificate) {
  std::vector<std::string> found;
  each_alternative(certificate, [&found](const GENERAL_NAME& name) {
    if (name.type != GEN_IPADD) return;
    if (const auto endpoint = endpoint_of(bytes_of(name.d.iPAddress))) add(found, to_string(*endpoint));
  });
  return found;
}

}  // namespace shunt::graph::pki
