// Reading the two extensions as RFC 6066 and RFC 8446 lay them out.
#include "runtime/tls/client_hello.hpp"

#include <optional>

#include "acl/fold.hpp"

namespace shunt::runtime {
namespace {

namespace pki = graph::pki;

std::size_t number(std::string_view bytes, std::size_t at) {
  return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at])) << 8 |
         static_cast<unsigned char>(bytes[at + 1]);
}

// Nothing: the hello has no such extension.
std::optional<std::string_view> extension(SSL* ssl, unsigned type) {
  const unsigned char* body = nullptr;
  std::size_t size = 0;
  if (SSL_client_hello_get0_ext(ssl, type, &body, &size) != 1) return std::nullopt;
  return std::string_view(reinterpret_cast<const char*>(body), size);
}

pki::OfferedSuites offered_suites(SSL* ssl) {
  constexpr unsigned char tls13 = 0x13;
  pki::OfferedSuites offered;
  const unsigned char* suites = nullptr;
  std::size_t const size = SSL_client_hello_get0_ciphers(ssl, &suites);
  for (std::size_t i = 0; i + 1 < size; i += 2) {
    const SSL_CIPHER* const suite = SSL_CIPHER_find(ssl, suites + i);
    if (suites[i] == tls13) offered.any_key = true;
    if (suite && SSL_CIPHER_get_auth_nid(suite) == NID_auth_ecdsa) offered.ecdsa = true;
  }
  return offered;
}

}  // namespace

bool server_name_is_well_formed(std::string_view extension) {
  constexpr std::size_t head = 5;  // of the list, of its first entry
  if (extension.size() < head || number(extension, 0) + 2 != extension.size() || extension[2] != 0)
    return false;
  std::size_t const size = number(extension, 3);
  return size > 0 && size <= TLSEXT_MAXLEN_host_name && head + size <= extension.size() &&
         extension.substr(head, size).find('\0') == std::string_view::npos;
}

bool signatures_are_well_formed(std::string_view extension) {
  return extension.size() >= 2 && number(extension, 0) + 2 == extension.size() && extension.size() % 2 == 0;
}

std::string_view server_name_of(std::string_view extension) {
  constexpr char host_name = 0;
  if (extension.size() < 2) return {};
  std::string_view list = extension.substr(2);
  if (number(extension, 0) > list.size()) return {};
  while (list.size() >= 3) {
    std::size_t const size = number(list, 1);
    if (3 + size > list.size()) return {};
    if (list[0] == host_name) return list.substr(3, size);
    list.remove_prefix(3 + size);
  }
  return {};
}

ClientHello read_client_hello(SSL* ssl) {
  ClientHello hello;
  auto const name = extension(ssl, TLSEXT_TYPE_server_name);
  auto const schemes = extension(ssl, TLSEXT_TYPE_signature_algorithms);
  hello.well_formed =
      (!name || server_name_is_well_formed(*name)) && (!schemes || signatures_are_well_formed(*schemes));
  hello.server_name = acl::folded(server_name_of(name.value_or(std::string_view())));
  pki::SignatureKinds const kinds = schemes ? pki::kinds_of(*schemes) : pki::SignatureKinds{.rsa = true};
  hello.choice = pki::choice_of(kinds, offered_suites(ssl));
  return hello;
}

}  // namespace shunt::runtime
