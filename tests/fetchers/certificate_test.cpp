// What is read from certificates: names whole and by entry, dates, numbers, algorithms, extensions, damage.
#include <gtest/gtest.h>

#include "fetchers/certificate.hpp"
#include "fetchers/verify_names.hpp"
#include "tests/fetchers/certificate_samples.hpp"

namespace shunt::fetchers::test {
namespace {

std::string shown(const Certificate::Text& text) { return text ? std::string(*text) : "none"; }

struct NameCase {
  std::string_view certificate;
  NameQuery query;
  std::string expected;
};
class CertificateName : public testing::TestWithParam<NameCase> {};

// As HAProxy 2.6 gave them for such certificates.
TEST_P(CertificateName, IsThatOfHaproxy) {
  Scratch scratch;
  const Certificate certificate(from_hexadecimal(GetParam().certificate));
  ASSERT_TRUE(certificate);
  EXPECT_EQ(shown(certificate.subject(GetParam().query, scratch)), GetParam().expected);
}

constexpr std::string_view rich = rich_certificate, odd = odd_certificate;
INSTANTIATE_TEST_SUITE_P(
    Measured, CertificateName,
    testing::Values(
        NameCase{rich,
                 {},
                 "/C=FR/O=Org, Inc./OU=One/OU=Two/OU=Three/CN=J\xc3\xbcrgen \"X\" "
                 "<y>/emailAddress=a@b.c/UID=u1"},
        NameCase{rich,
                 {.rfc2253 = true},
                 "UID=u1,emailAddress=a@b.c,CN=J\\C3\\BCrgen \\\"X\\\" \\<y\\>,OU=Three,OU=Two,OU=One,"
                 "O=Org\\, Inc.,C=FR"},
        NameCase{rich, {"CN"}, "J\xc3\xbcrgen \"X\" <y>"},
        NameCase{rich, {"cn", -1}, "J\xc3\xbcrgen \"X\" <y>"},
        NameCase{rich, {"CN", 1, true}, "J\xc3\xbcrgen \"X\" <y>"}, NameCase{rich, {"CN", 2}, "none"},
        NameCase{rich, {"OU"}, "One"}, NameCase{rich, {"OU", 2}, "Two"}, NameCase{rich, {"OU", 3}, "Three"},
        NameCase{rich, {"OU", 4}, "none"}, NameCase{rich, {"OU", 0}, "none"},
        NameCase{rich, {"OU", -1}, "Three"}, NameCase{rich, {"OU", -3}, "One"},
        NameCase{rich, {"OU", -4}, "none"}, NameCase{rich, {"commonName"}, "none"},
        NameCase{rich, {"2.5.4.3"}, "none"}, NameCase{rich, {"emailAddress"}, "a@b.c"},
        NameCase{odd, {}, "/C=DE/1.2.3.4.5=first/1.2.3.4.5=second/serialNumber=7/OU=a/CN=multi"},
        NameCase{odd,
                 {.rfc2253 = true},
                 "CN=multi+OU=a+serialNumber=7,1.2.3.4.5=#0C067365636F6E64,1.2.3.4.5=#0C056669727374,C=DE"},
        NameCase{odd, {"1.2.3.4.5", -1}, "second"}, NameCase{odd, {"OU"}, "a"},
        // Bytes of 0 hide nothing: such a name is none, but text of it is read where it is converted.
        NameCase{wide_certificate, {}, "none"}, NameCase{wide_certificate, {"O"}, "none"},
        NameCase{wide_certificate, {"C"}, "DE"},
        NameCase{wide_certificate, {.rfc2253 = true}, "CN=b,O=B\\C3\\A4ckerei,C=DE"}));

TEST(CertificateReader, ReadsEverythingElse) {
  Scratch scratch;
  const Certificate certificate(from_hexadecimal(rich_certificate));
  EXPECT_EQ(shown(certificate.issuer({}, scratch)), "/C=DE/CN=Root CA");
  EXPECT_EQ(shown(certificate.not_before(scratch)), "200102030405Z");
  EXPECT_EQ(shown(certificate.not_after(scratch)), "600102030405Z");  // it says 2060...
  EXPECT_EQ(shown(certificate.serial(scratch)), from_hexadecimal("8F00AA01"));
  EXPECT_EQ(shown(certificate.sha1(scratch)), from_hexadecimal("7CDD0A8EB19F34513DD0D3CEF0FFDA1B1B5789FC"));
  EXPECT_EQ(shown(certificate.key_algorithm(scratch)), "id-ecPublicKey");
  EXPECT_EQ(shown(certificate.signature_algorithm(scratch)), "ecdsa-with-SHA256");
  EXPECT_EQ(certificate.version(), 3);
  EXPECT_EQ(shown(certificate.policies(scratch)), "1.2.3.4,2.23.140.1.2.1");
  EXPECT_EQ(shown(certificate.alternative_names(scratch)),
            "DNS:good.test, DNS:*.good.test, IP Address:192.0.2.7, email:me@good.test");
}

TEST(CertificateReader, FindsNoExtensionsWhereThereAreNone) {
  Scratch scratch;
  const Certificate certificate(from_hexadecimal(odd_certificate));
  EXPECT_EQ(certificate.version(), 1);
  EXPECT_EQ(shown(certificate.policies(scratch)), "none");
  EXPECT_EQ(shown(certificate.alternative_names(scratch)), "none");
}

TEST(CertificateReader, EveryBeginningIsNoCertificate) {
  Scratch scratch;
  const std::string whole = from_hexadecimal(rich_certificate);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Certificate certificate(std::string_view(whole).substr(0, size));
    EXPECT_FALSE(certificate) << size;
    EXPECT_EQ(shown(certificate.subject({}, scratch)), "none");
    EXPECT_EQ(shown(certificate.serial(scratch)), "none");
    EXPECT_EQ(certificate.version(), 0);
  }
}

// Under the address sanitizer: nothing is read outside, whatever is wrong inside.
TEST(CertificateReader, DamageIsReadOrRefused) {
  Scratch scratch;
  const std::string whole = from_hexadecimal(rich_certificate);
  std::size_t refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    const Certificate certificate(damaged);
    if (!certificate) ++refused;
    for (const NameQuery& query : {NameQuery{}, NameQuery{.rfc2253 = true}, NameQuery{"OU", -2}})
      static_cast<void>(certificate.subject(query, scratch));
    static_cast<void>(certificate.alternative_names(scratch));
    static_cast<void>(certificate.policies(scratch));
    static_cast<void>(certificate.not_after(scratch));
    scratch.reset();
  }
  EXPECT_GT(refused, 20u);
}

TEST(VerifyResults, GoByNumberAndName) {
  EXPECT_EQ(verify_result_name(10), "X509_V_ERR_CERT_HAS_EXPIRED");
  EXPECT_EQ(verify_result_number("X509_V_ERR_CERT_HAS_EXPIRED"), 10);
  EXPECT_EQ(verify_result_name(0), "X509_V_OK");
  EXPECT_EQ(verify_result_name(9999), "");
  EXPECT_EQ(verify_result_number("X509_V_ERR_NONE"), std::nullopt);
}

TEST(OpensslErrors, HaveATextWithTheirNumber) {
  Scratch scratch;
  EXPECT_TRUE(openssl_error_text(0x0A0000C1, scratch).starts_with("error:0A0000C1:"));
}

}  // namespace
}  // namespace shunt::fetchers::test
