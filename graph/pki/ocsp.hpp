// Asking an OCSP responder about a certificate (RFC 6960): the question, and whether an answer may be shown.
#pragma once
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/pki/certificate_store.hpp"
#include "parser/result.hpp"

namespace shunt::graph::pki {

struct OcspQuestion {
  std::string id;       // of the certificate, as responses name it (DER): equal ones share responses
  std::string request;  // DER
};

// URIs, as the certificate names them; possibly none.
[[nodiscard]] std::vector<std::string> responders_of(X509* certificate);

// The fault: OpenSSL can't make one.
[[nodiscard]] Result<OcspQuestion, LoadError> question_about(X509* certificate, X509* issuer);

struct OcspAnswer {
  std::string der;
  std::int64_t made = 0;   // thisUpdate, seconds since 1970
  std::int64_t until = 0;  // nextUpdate; 0: it doesn't say
  bool revoked = false;
};

// One that a client would take: about this certificate, signed by its issuer or by one to whom that has given
// the task, in time, and with a verdict. The fault says what is wrong otherwise.
[[nodiscard]] Result<OcspAnswer, LoadError> read_answer(std::string_view der, X509* certificate, X509* issuer,
                                                        std::time_t now);

// When the response is about this certificate: until when it counts, in seconds since 1970. Who signed it and
// what it says is the client's to judge. Nothing: it is about another one, or doesn't say until when.
[[nodiscard]] std::optional<std::int64_t> response_until(std::string_view der, X509* certificate,
                                                         X509* issuer);

}  // namespace shunt::graph::pki
