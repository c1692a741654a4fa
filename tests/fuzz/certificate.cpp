// Feeds arbitrary bytes to the reader of certificates; names that it gives never hold a NUL.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fetchers/certificate.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace shunt::fetchers;
  static Scratch scratch;
  scratch.reset();
  const Certificate certificate({reinterpret_cast<const char*>(data), size});
  for (const NameQuery& query : {NameQuery{}, NameQuery{.rfc2253 = true}, NameQuery{"CN", -1}}) {
    for (const auto& name : {certificate.subject(query, scratch), certificate.issuer(query, scratch)})
      if (name && name->find('\0') != std::string_view::npos) std::abort();
  }
  for (const auto read : {&Certificate::not_before, &Certificate::not_after, &Certificate::serial,
                          &Certificate::sha1, &Certificate::key_algorithm, &Certificate::signature_algorithm,
                          &Certificate::alternative_names, &Certificate::policies})
    static_cast<void>((certificate.*read)(scratch));
  return certificate.version() < 0 ? 1 : 0;
}
