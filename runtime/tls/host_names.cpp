// Patterns of host names, and the names that a certificate holds.
#include "runtime/tls/host_names.hpp"

#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>

namespace shunt::runtime {
namespace {

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter;
}

bool equal(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, {}, lower, lower); }

struct FreeNames {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

std::string_view text_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

bool alternative_matches(X509* certificate, std::string_view host) {
  const std::unique_ptr<GENERAL_NAMES, FreeNames> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS && host_matches(text_of(name->d.dNSName), host)) return true;
  }
  return false;
}

bool common_name_matches(X509* certificate, std::string_view host) {
  X509_NAME* const subject = X509_get_subject_name(certificate);
  int at = -1;
  while ((at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0) {
    unsigned char* utf8 = nullptr;
    int const size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    if (size < 0) continue;
    bool const matches =
        host_matches({reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size)}, host);
    OPENSSL_free(utf8);
    if (matches) return true;
  }
  return false;
}

}  // namespace

bool host_matches(std::string_view pattern, std::string_view host) {
  if (equal(pattern, host)) return true;
  std::size_t const dot = pattern.find('.'), host_dot = host.find('.');
  if (dot == std::string_view::npos || host_dot == std::string_view::npos) return false;
  if (!equal(pattern.substr(dot), host.substr(host_dot))) return false;
  std::string_view const label = pattern.substr(0, dot), host_label = host.substr(0, host_dot);
  std::size_t const star = label.find('*');
  if (star == std::string_view::npos || host_label.size() + 1 < label.size()) return false;
  std::string_view const behind = label.substr(star + 1);
  return equal(label.substr(0, star), host_label.substr(0, star)) &&
         equal(behind, host_label.substr(host_label.size() - behind.size()));
}

bool made_out_for(X509* certificate, std::string_view host) {
  return alternative_matches(certificate, host) || common_name_matches(certificate, host);
}

}  // namespace shunt::runtime
