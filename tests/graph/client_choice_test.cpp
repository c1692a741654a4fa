// Which kinds of keys clients are shown: the cases that HAProxy was asked about.
#include "graph/pki/client_choice.hpp"

#include <gtest/gtest.h>

#include <string>

namespace shunt::graph::pki {
namespace {

TEST(SignatureKinds, ComeFromTheSchemes) {
  using namespace std::string_literals;
  auto const both = kinds_of("\0\4\4\3\4\1"s);
  EXPECT_TRUE(both.rsa && both.ecdsa && !both.rsa_pss);
  auto const pss = kinds_of("\0\2\x08\x04"s);
  EXPECT_TRUE(!pss.rsa && pss.rsa_pss && !pss.ecdsa);
  auto const ec = kinds_of("\0\2\5\3"s);
  EXPECT_TRUE(!ec.rsa && !ec.rsa_pss && ec.ecdsa);
  auto const edwards = kinds_of("\0\2\x08\x07"s);
  EXPECT_TRUE(!edwards.rsa && !edwards.rsa_pss && !edwards.ecdsa);
}

// What HAProxy 2.6 showed of an RSA and an ECDSA certificate of one name; where no handshake came of it, what
// is of use.
struct ChoiceCase {
  const char* what;
  SignatureKinds kinds;
  OfferedSuites suites;
  bool ecdsa, unnamed_ecdsa;
};
class Choices : public testing::TestWithParam<ChoiceCase> {};

TEST_P(Choices, AreHaproxys) {
  ChoiceCase const& one = GetParam();
  Choice const made = choice_of(one.kinds, one.suites);
  EXPECT_EQ(made.named.ecdsa, one.ecdsa) << one.what;
  EXPECT_TRUE(made.named.ecdsa || made.named.rsa) << one.what;
  EXPECT_EQ(made.unnamed.ecdsa, one.unnamed_ecdsa) << one.what;
}

constexpr SignatureKinds all_kinds{.rsa = true, .rsa_pss = true, .ecdsa = true};
constexpr OfferedSuites modern{.ecdsa = true, .any_key = true}, only_tls13{.any_key = true}, neither{};

INSTANTIATE_TEST_SUITE_P(
    Measured, Choices,
    testing::Values(ChoiceCase{"modern", all_kinds, modern, true, true},
                    ChoiceCase{"TLS 1.3 alone", all_kinds, only_tls13, false, true},
                    ChoiceCase{"RSA suites", all_kinds, neither, false, false},
                    ChoiceCase{"no RSA", {.ecdsa = true}, only_tls13, true, true},
                    ChoiceCase{"PSS and ECDSA", {.rsa_pss = true, .ecdsa = true}, only_tls13, true, true},
                    ChoiceCase{"PSS alone", {.rsa_pss = true}, modern, false, false},
                    ChoiceCase{"PKCS #1 alone", {.rsa = true}, modern, false, false},
                    ChoiceCase{"Ed25519 alone", {}, modern, true, false}));

}  // namespace
}  // namespace shunt::graph::pki
