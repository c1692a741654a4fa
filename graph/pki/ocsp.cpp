// Questions are without a nonce, so that responders (and what stands before them) can answer from memory.
#include "graph/pki/ocsp.hpp"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include <memory>

#include <fmt/core.h>

#include "graph/pki/library.hpp"

namespace shunt::graph::pki {
namespace {

using RequestPtr = std::unique_ptr<OCSP_REQUEST, Release<OCSP_REQUEST_free>>;
using ResponsePtr = std::unique_ptr<OCSP_RESPONSE, Release<OCSP_RESPONSE_free>>;
using BasicPtr = std::unique_ptr<OCSP_BASICRESP, Release<OCSP_BASICRESP_free>>;
using IdPtr = std::unique_ptr<OCSP_CERTID, Release<OCSP_CERTID_free>>;
using StorePtr = std::unique_ptr<X509_STORE, Release<X509_STORE_free>>;

void free_list(STACK_OF(X509) * list) { sk_X509_free(list); }
using ListPtr = std::unique_ptr<STACK_OF(X509), Release<free_list>>;

// Clocks of responders are not ours.
constexpr long tolerance = 300;

template <class Object, class Encode>
std::string encoded(Object* object, Encode encode) {
  unsigned char* bytes = nullptr;
  const int size = encode(object, &bytes);
  if (size <= 0) return {};
  std::string text(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return text;
}

// The issuer is all that is trusted, whoever issued that.
bool is_signed(OCSP_BASICRESP* basic, X509* issuer) {
  const StorePtr trusted(X509_STORE_new());
  const ListPtr known(sk_X509_new_null());
  if (!trusted || !known || sk_X509_push(known.get(), issuer) <= 0) return false;
  return X509_STORE_add_cert(trusted.get(), issuer) == 1 &&
         X509_STORE_set_flags(trusted.get(), X509_V_FLAG_PARTIAL_CHAIN) == 1 &&
         OCSP_basic_verify(basic, known.get(), trusted.get(), 0) == 1;
}

LoadError refused(std::string text) {
  ERR_clear_error();
  return LoadError{std::move(text)};
}

// A response, and the certificate as it would name that.
struct Opened {
  BasicPtr basic;
  IdPtr id;
};

// `rest`: bytes behind it.
Result<Opened, LoadError> open_response(std::string_view der, X509* certificate, X509* issuer,
                                        std::size_t& rest) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const auto* const end = at + der.size();
  const ResponsePtr response(d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(der.size())));
  if (!response) return refused("it is no OCSP response");
  rest = static_cast<std::size_t>(end - at);
  const int status = OCSP_response_status(response.get());
  if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL)
    return refused(fmt::format("the responder says \"{}\"", OCSP_response_status_str(status)));
  Opened opened{.basic = BasicPtr(OCSP_response_get1_basic(response.get())),
                .id = IdPtr(OCSP_cert_to_id(nullptr, certificate, issuer))};
  if (!opened.basic || !opened.id) return refused("it is of an unknown kind");
  return opened;
}

struct Verdict {
  int status = V_OCSP_CERTSTATUS_UNKNOWN;
  const ASN1_GENERALIZEDTIME *begin = nullptr, *end = nullptr;  // the response's; no end: it doesn't say
};

std::optional<Verdict> verdict_of(const Opened& opened) {
  Verdict found;
  int reason = 0;
  ASN1_GENERALIZEDTIME *since = nullptr, *begin = nullptr, *end = nullptr;
  if (OCSP_resp_find_status(opened.basic.get(), opened.id.get(), &found.status, &reason, &since, &begin,
                            &end) != 1)
    return std::nullopt;
  found.begin = begin;
  found.end = end;
  return found;
}

Result<OcspAnswer, LoadError> judged(const Opened& opened, std::time_t now) {
  const auto verdict = verdict_of(opened);
  if (!verdict) return refused("it is about another certificate");
  if (verdict->status == V_OCSP_CERTSTATUS_UNKNOWN)
    return refused("the responder doesn't know the certificate");
  const OcspAnswer answer{.der = {},
                          .made = seconds_of(verdict->begin),
                          .until = seconds_of(verdict->end),
                          .revoked = verdict->status == V_OCSP_CERTSTATUS_REVOKED};
  const bool ends = verdict->end != nullptr;
  if (answer.made == 0 || (ends && answer.until < answer.made)) return refused("its times can't be read");
  if (answer.made > now + tolerance) return refused("it is not valid yet");
  if (ends && answer.until < now) return refused("it is out of date");
  return answer;
}

}  // namespace

std::vector<std::string> responders_of(X509* certificate) {
  std::vector<std::string> all;
  STACK_OF(OPENSSL_STRING)* const uris = X509_get1_ocsp(certificate);
  for (int i = 0; i < sk_OPENSSL_STRING_num(uris); ++i) all.emplace_back(sk_OPENSSL_STRING_value(uris, i));
  X509_email_free(uris);
  return all;
}

Result<OcspQuestion, LoadError> question_about(X509* certificate, X509* issuer) {
  OcspQuestion question;
  const RequestPtr request(OCSP_REQUEST_new());
  IdPtr id(OCSP_cert_to_id(nullptr, certificate, issuer));
  if (id) question.id = encoded(id.get(), i2d_OCSP_CERTID);
  if (!request || !id || OCSP_request_add0_id(request.get(), id.get()) == nullptr)
    return LoadError{"no OCSP request can be made" + library_error()};
  static_cast<void>(id.release());
  question.request = encoded(request.get(), i2d_OCSP_REQUEST);
  return question;
}

Result<OcspAnswer, LoadError> read_answer(std::string_view der, X509* certificate, X509* issuer,
                                          std::time_t now) {
  std::size_t rest = 0;
  BOOST_OUTCOME_TRY(const Opened opened, open_response(der, certificate, issuer, rest));
  if (rest != 0) return refused("it is no OCSP response");
  if (!is_signed(opened.basic.get(), issuer))
    return refused("it isn't signed by the issuer of the certificate");
  BOOST_OUTCOME_TRY(OcspAnswer answer, judged(opened, now));
  answer.der = der;
  ERR_clear_error();
  return answer;
}

std::optional<std::int64_t> response_until(std::string_view der, X509* certificate, X509* issuer) {
  std::size_t rest = 0;
  const auto opened = open_response(der, certificate, issuer, rest);
  const auto verdict = opened ? verdict_of(opened.value()) : std::nullopt;
  ERR_clear_error();
  const std::int64_t until = verdict ? seconds_of(verdict->end) : 0;
  return until != 0 ? std::optional(until) : std::nullopt;
}

}  // namespace shunt::graph::pki
