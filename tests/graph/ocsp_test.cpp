// Questions to OCSP responders and which of their answers are taken: who signed, about what, when, and bytes
// that are none.
#include "graph/pki/ocsp.hpp"

#include <gtest/gtest.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>

#include "tests/graph/certificates.hpp"

namespace shunt::graph::pki {
namespace {

using testing::MadeCertificate;
using testing::make_certificate;

constexpr long hour = 3600;

X509Ptr read_certificate(const std::string& pem) {
  BIO* const bytes = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509Ptr made(PEM_read_bio_X509(bytes, nullptr, nullptr, nullptr));
  BIO_free(bytes);
  return made;
}

KeyPtr read_key(const std::string& pem) {
  BIO* const bytes = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  KeyPtr made(PEM_read_bio_PrivateKey(bytes, nullptr, nullptr, nullptr));
  BIO_free(bytes);
  return made;
}

// With its key, which may sign responses.
struct Party {
  explicit Party(const testing::CertificateRecipe& recipe)
      : made(make_certificate(recipe)),
        certificate(read_certificate(made.certificate)),
        key(read_key(made.key)) {}

  MadeCertificate made;
  X509Ptr certificate;
  KeyPtr key;
};

// An extension is added and the certificate is signed anew.
void extend(Party& party, int kind, const char* value, const Party& issuer) {
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
  X509_add_ext(party.certificate.get(), extension, -1);
  X509_EXTENSION_free(extension);
  X509_sign(party.certificate.get(), issuer.key.get(), EVP_sha256());
}

struct Terms {
  int verdict = V_OCSP_CERTSTATUS_GOOD;
  long begins = -hour, ends = hour;  // seconds from now
  bool has_end = true;
};

std::string encoded(OCSP_RESPONSE* response) {
  unsigned char* bytes = nullptr;
  const int size = i2d_OCSP_RESPONSE(response, &bytes);
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  OCSP_RESPONSE_free(response);
  return der;
}

class Ocsp : public ::testing::Test {
 protected:
  Ocsp() { extend(authority_, NID_basic_constraints, "critical,CA:TRUE", root_); }

  // About `subject`, by `signer`.
  std::string response(const Party& subject, const Party& signer, const Terms& terms = {}) const {
    const std::time_t now = std::time(nullptr);
    OCSP_BASICRESP* const basic = OCSP_BASICRESP_new();
    OCSP_CERTID* const id = OCSP_cert_to_id(nullptr, subject.certificate.get(), authority_.certificate.get());
    ASN1_TIME *const begin = ASN1_TIME_adj(nullptr, now, 0, terms.begins),
                     *const end = terms.has_end ? ASN1_TIME_adj(nullptr, now, 0, terms.ends) : nullptr,
                     *const revoked = ASN1_TIME_adj(nullptr, now, 0, -2 * hour);
    OCSP_basic_add1_status(basic, id, terms.verdict, OCSP_REVOKED_STATUS_KEYCOMPROMISE,
                           terms.verdict == V_OCSP_CERTSTATUS_REVOKED ? revoked : nullptr, begin, end);
    OCSP_basic_sign(basic, signer.certificate.get(), signer.key.get(), EVP_sha256(), nullptr, 0);
    OCSP_RESPONSE* const made = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
    for (ASN1_TIME* const time : {begin, end, revoked}) ASN1_TIME_free(time);
    OCSP_CERTID_free(id);
    OCSP_BASICRESP_free(basic);
    return encoded(made);
  }

  // "good", "revoked", or what is wrong.
  std::string told(std::string_view der) const {
    const auto answer =
        read_answer(der, leaf_.certificate.get(), authority_.certificate.get(), std::time(nullptr));
    if (!answer) return answer.error().message;
    EXPECT_EQ(answer.value().der, der);
    return answer.value().revoked ? "revoked" : "good";
  }

  // The issuer has an issuer that nobody here knows.
  Party root_{{.common_name = "root", .elliptic = true, .days = 90}};
  Party authority_{{.common_name = "authority", .elliptic = true, .days = 90, .issuer = &root_.made}};
  Party leaf_{{.common_name = "a.test", .elliptic = true, .issuer = &authority_.made, .serial = 7}};
  Party other_{{.common_name = "b.test", .elliptic = true, .issuer = &authority_.made, .serial = 8}};
};

TEST_F(Ocsp, VerdictsOfTheIssuerAreTaken) {
  EXPECT_EQ(told(response(leaf_, authority_)), "good");
  EXPECT_EQ(told(response(leaf_, authority_, {.verdict = V_OCSP_CERTSTATUS_REVOKED})), "revoked");
  EXPECT_EQ(told(response(leaf_, authority_, {.verdict = V_OCSP_CERTSTATUS_UNKNOWN})),
            "the responder doesn't know the certificate");
}

TEST_F(Ocsp, OnlyTheIssuerOrWhoHasTheTaskFromItMaySign) {
  constexpr const char* unsigned_by_issuer = "it isn't signed by the issuer of the certificate";
  const Party stranger({.common_name = "authority", .elliptic = true, .days = 90});
  EXPECT_EQ(told(response(leaf_, stranger)), unsigned_by_issuer);
  EXPECT_EQ(told(response(leaf_, other_)), unsigned_by_issuer) << "a certificate of the same issuer";
  EXPECT_EQ(told(response(leaf_, root_)), unsigned_by_issuer) << "the issuer's issuer";
  Party helper({.common_name = "helper", .elliptic = true, .issuer = &authority_.made, .serial = 9});
  extend(helper, NID_ext_key_usage, "OCSPSigning", authority_);
  EXPECT_EQ(told(response(leaf_, helper)), "good");
  Party old({.common_name = "old", .elliptic = true, .days = -1, .issuer = &authority_.made, .serial = 10});
  extend(old, NID_ext_key_usage, "OCSPSigning", authority_);
  EXPECT_EQ(told(response(leaf_, old)), unsigned_by_issuer) << "its task has ended";
}

TEST_F(Ocsp, AnswersAboutOthersAreNone) {
  EXPECT_EQ(told(response(other_, authority_)), "it is about another certificate");
}

TEST_F(Ocsp, TimesAreLookedAt) {
  EXPECT_EQ(told(response(leaf_, authority_, {.begins = -2 * hour, .ends = -hour})), "it is out of date");
  EXPECT_EQ(told(response(leaf_, authority_, {.begins = -2 * hour, .ends = -1})), "it is out of date");
  EXPECT_EQ(told(response(leaf_, authority_, {.begins = hour, .ends = 2 * hour})), "it is not valid yet");
  EXPECT_EQ(told(response(leaf_, authority_, {.begins = 60})), "good") << "clocks differ";
  EXPECT_EQ(told(response(leaf_, authority_, {.begins = -hour, .ends = -2 * hour})),
            "its times can't be read");
  const std::string endless = response(leaf_, authority_, {.has_end = false});
  EXPECT_EQ(told(endless), "good");
  const auto answer =
      read_answer(endless, leaf_.certificate.get(), authority_.certificate.get(), std::time(nullptr));
  EXPECT_EQ(answer.value().until, 0);
  EXPECT_LE(std::abs(answer.value().made - (std::time(nullptr) - hour)), 5);
}

TEST_F(Ocsp, RefusalsOfTheResponderAreTold) {
  EXPECT_EQ(told(encoded(OCSP_response_create(OCSP_RESPONSE_STATUS_TRYLATER, nullptr))),
            "the responder says \"trylater\"");
}

TEST_F(Ocsp, NoOtherBytesAreTaken) {
  const std::string whole = response(leaf_, authority_);
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_NE(told(whole.substr(0, size)), "good");
  EXPECT_EQ(told(whole + '\0'), "it is no OCSP response");
  EXPECT_EQ(told("<html>not here</html>"), "it is no OCSP response");
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    const std::string verdict = told(changed);
    // The certificate of the signer, which we know, may come damaged.
    if (at < 200) {
      EXPECT_NE(verdict, "good") << at;
    }
    EXPECT_NE(verdict, "revoked") << at;
  }
}

TEST_F(Ocsp, QuestionsNameTheCertificateAndItsIssuer) {
  const auto ask = [](const Party& about, const Party& issuer) {
    return question_about(about.certificate.get(), issuer.certificate.get()).value();
  };
  EXPECT_EQ(ask(leaf_, authority_).id, ask(leaf_, authority_).id);
  EXPECT_NE(ask(leaf_, authority_).id, ask(other_, authority_).id);
  EXPECT_NE(ask(leaf_, authority_).id, ask(leaf_, root_).id);
  const std::string request = ask(leaf_, authority_).request;
  const auto* bytes = reinterpret_cast<const unsigned char*>(request.data());
  OCSP_REQUEST* const read = d2i_OCSP_REQUEST(nullptr, &bytes, static_cast<long>(request.size()));
  ASSERT_NE(read, nullptr);
  EXPECT_EQ(OCSP_request_onereq_count(read), 1);
  EXPECT_EQ(OCSP_REQUEST_get_ext_count(read), 0) << "no nonce";
  OCSP_REQUEST_free(read);
}

TEST_F(Ocsp, RespondersAreThoseThatTheCertificateNames) {
  EXPECT_TRUE(responders_of(leaf_.certificate.get()).empty());
  extend(
      leaf_, NID_info_access,
      "OCSP;URI:http://a.test/x,caIssuers;URI:http://no.test/,OCSP;URI:https://b.test,OCSP;email:me@c.test",
      authority_);
  EXPECT_EQ(responders_of(leaf_.certificate.get()),
            (std::vector<std::string>{"http://a.test/x", "https://b.test"}));
}

}  // namespace
}  // namespace shunt::graph::pki
