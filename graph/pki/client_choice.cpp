// Reads signature schemes and chooses as HAProxy was seen to.
#include "graph/pki/client_choice.hpp"

namespace shunt::graph::pki {
namespace {

unsigned scheme_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned>(static_cast<unsigned char>(bytes[at])) << 8 |
         static_cast<unsigned char>(bytes[at + 1]);
}

}  // namespace

SignatureKinds kinds_of(std::string_view extension) {
  SignatureKinds found;
  for (std::size_t i = 2; i + 1 < extension.size(); i += 2) {
    const unsigned scheme = scheme_at(extension, i);
    if ((scheme & 0xff) == 1) found.rsa = true;
    if ((scheme & 0xff) == 3 && scheme >> 8 <= 6) found.ecdsa = true;
    if (scheme >= 0x0804 && scheme <= 0x080b && scheme != 0x0807 && scheme != 0x0808) found.rsa_pss = true;
  }
  return found;
}

Choice choice_of(const SignatureKinds& kinds, const OfferedSuites& suites) {
  Choice made;
  made.named = {.rsa = kinds.rsa, .ecdsa = kinds.ecdsa && suites.ecdsa};
  // HAProxy turns to ECDSA then; that may be of no use to the client, while RSA is.
  if (!made.named.rsa && !made.named.ecdsa) {
    made.named.rsa = kinds.rsa_pss && !kinds.ecdsa;
    made.named.ecdsa = !made.named.rsa;
  }
  made.unnamed = {.rsa = kinds.rsa || kinds.rsa_pss,
                  .ecdsa = kinds.ecdsa && (suites.ecdsa || suites.any_key)};
  return made;
}

}  // namespace shunt::graph::pki
