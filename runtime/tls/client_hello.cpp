// Reading the two extensions as RFC 6066 and RFC 8446 lay them out.
#include "runtime/tls/client_hello.hpp"

#include <algorithm>

namespace shunt::runtime {
namespace {

std::size_t number(std::string_view bytes, std::size_t at) {
  return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at])) << 8 |
         static_cast<unsigned char>(bytes[at + 1]);
}

std::string_view extension(SSL* ssl, unsigned type) {
  const unsigned char* body = nullptr;
  std::size_t size = 0;
  if (SSL_client_hello_get0_ext(ssl, type, &body, &size) != 1) return {};
  return {reinterpret_cast<const char*>(body), size};
}

// TLS 1.3 suites (0x13xx) go with any key. OpenSSL says the same of a signalling value, which is no suite.
bool offers_ecdsa_suite(SSL* ssl) {
  const unsigned char* suites = nullptr;
  std::size_t const size = SSL_client_hello_get0_ciphers(ssl, &suites);
  for (std::size_t i = 0; i + 1 < size; i += 2) {
    if (suites[i] == 0x13) return true;
    const SSL_CIPHER* const suite = SSL_CIPHER_find(ssl, suites + i);
    if (suite && SSL_CIPHER_get_auth_nid(suite) == NID_auth_ecdsa) return true;
  }
  return false;
}

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter;
}

}  // namespace

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

graph::pki::ClientCapabilities capabilities_of(std::string_view extension) {
  graph::pki::ClientCapabilities found{.rsa = false, .ecdsa = false};
  for (std::size_t i = 2; i + 1 < extension.size(); i += 2) {
    std::size_t const scheme = number(extension, i);
    bool const pss = scheme >= 0x0804 && scheme <= 0x080b && scheme != 0x0807 && scheme != 0x0808;
    if ((scheme & 0xff) == 1 || pss) found.rsa = true;
    if ((scheme & 0xff) == 3 && scheme >> 8 <= 6) found.ecdsa = true;
  }
  return found;
}

ClientHello read_client_hello(SSL* ssl) {
  ClientHello hello;
  hello.server_name = server_name_of(extension(ssl, TLSEXT_TYPE_server_name));
  std::transform(hello.server_name.begin(), hello.server_name.end(), hello.server_name.begin(), lower);
  // A client that does not say what it takes is an old one.
  std::string_view const schemes = extension(ssl, TLSEXT_TYPE_signature_algorithms);
  hello.capabilities = schemes.empty() ? graph::pki::ClientCapabilities{.rsa = true, .ecdsa = false}
                                       : capabilities_of(schemes);
  hello.capabilities.ecdsa = hello.capabilities.ecdsa && offers_ecdsa_suite(ssl);
  return hello;
}

}  // namespace shunt::runtime
