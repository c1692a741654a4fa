// Encrypted tokens: the example of RFC 7516, A.3, and ones made with Python's `cryptography`.
#include "fetchers/jwe.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/fetchers/harness.hpp"

namespace shunt::fetchers::test {
namespace {

struct Secret {
  std::string token;
  std::string key;  // Base64
  std::string text;
};

const Secret secrets[] = {
    {"eyJhbGciOiJBMTI4S1ciLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0."
     "6KB707dM9YTIgHtLvtgWQ8mKwboJW3of9locizkDTHzBC2IlrT1oOQ."
     "AxY8DCtDaGlsbGljb3RoZQ.KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY.U0m_YmjN04DJvceFICbCVQ",
     "GawgguFyGrWKav7AX4VKUg==", "Live long and prosper."},
    {"eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..BwgJCgsMDQ4PEBES.uQBzwFgeYLU-DsPg0A.X5xGhDbOtYYhC0Eutvtm_A",
     "BwgJCgsMDQ4PEBESExQVFg==", "a secret text"},
    {"eyJhbGciOiJBMjU2S1ciLCJlbmMiOiJBMjU2R0NNIn0.MvzZOoWJmVeEYVJgzNN0kppLEBwpSwMhsyvD6bzNiIhwvbfsdqWiew.B"
     "wgJCgsMDQ4PEBES.6ro-4GEZp088l5lRJQ.It4QhksE5WnqnwxLfOFIqw",
     "FxgZGhscHR4fICEiIyQlJicoKSorLC0uLzAxMjM0NTY=", "a secret text"},
    {"eyJhbGciOiJBMTkyR0NNS1ciLCJlbmMiOiJBMTkyR0NNIiwiaXYiOiJDZ3NNRFE0UEVCRVNFeFFWIiwidGFnIjoib2VuMnRyYk1R"
     "Z1JfaUJpN2VlZG1FZyJ9.Fw11Owz0_GEhHFE5sL11okgaCONb7IDo.BwgJCgsMDQ4PEBES.V4ciT4Ijw3ktveR20g.j9n6z6RRuS"
     "JXLExoD_FB5Q",
     "FxgZGhscHR4fICEiIyQlJicoKSorLC0u", "a secret text"},
};

const std::string jwk =
    "{\"kty\":\"RSA\",\"n\":\"6Y7YBy9CoTNHzFpoTafUqpzOgvsb4SJUJ_"
    "j9unZDYKUTRFeILn0gRqfpa8LzgGTvm2UnxVkheTclpeCe7k"
    "Bk68vQnPWuAYJOInaglrqO12pTbXsdp-_aSd297oYhXeEtlWpOIpzwXRFewh-I-K3byunY7Nz7_wUn3P5Ij_VqAEBYfM5oI6vYy4"
    "KlRbLm22X-JLRdSZUZTw7I3mtE7dIMW0nP3CR2_i7HQ4hzkpTwXid-QBFWZahRqBiBFIGUJ4QVHUorUdo0C5YinYfR6gbLn04ryz"
    "BJ_lmm9rtmd3S6GMugyy_eBtPDJ6EpzQEm4ee8WGmmqvswnfogyhIC8xjFdw\",\"e\":\"AQAB\",\"d\":\"aoVNnak-"
    "WEsNGfS50YEUC2"
    "RNA4wHYRzJCRoUjrBVdoSTTv4lDB7hU5hNa2qUqCBg75ypEObfz2sJbqgNlFgmLyzbzlp2rBWEEU_NWjFn6HOD7VDTa76G7l2FvH"
    "3MRgbnRVggnsS5E5lSgHLlg5W3wsn4t77p55uwXKhU6-NgHxBauCzf4JrDwFhl_KjUEzYeTncBcRBhzjdbSeixOzCrl2gq4NMAv3"
    "r9kL2Aprsm-h3C2XHQ1HpEopgK0BLQR2dodjYJhG3pSfmi1LODcyjNQWuRCs41x9_jKoMA9n7k23VWDlqS-BiuI2r2enubu4yywv"
    "h03MKFD_2K54Rj04AMQQ\"}";

const std::string rsa_tokens[] = {
    "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.E2Z05lMwiVyRU1y8mhq-WN9pgKEGcaEtixUKiIzQu4b0elVbT9IEO"
    "cu2ph4_3fExnmTZVP1PGaXVo3CNpfudUvif64KV4uqDKrDqcMJOgIm43F9FvRKt7NA-QIIzMWlbn-_nV438HA-r5WD-SVGKs2qBL"
    "mPEQ82pZzFZnpjIq131Ve864xiJvHvIbKc0Xd-F67O47U7927mkLzqG303TC2C5xmCLcfdf6pDa3F_x5cDDupJaQME3XgiFIVBrT"
    "X64dyrCvmpkzJ7R2sVqXBGkKVCQjSl0jYQBu9TkAQ_9nxxxYX2UEVxxHVBfSjIifMHxgKpmdVewbqH785xWRM3ahg.BwgJCgsMDQ"
    "4PEBES.6ro-4GEZp088l5lRJQ.XhfIR4e92kLYEJ_7u_Z9jQ",
    "eyJhbGciOiJSU0EtT0FFUC0yNTYiLCJlbmMiOiJBMjU2R0NNIn0.WCtkSUhsPOCYlumdpi7tgHuZ4urSgHq39waT8c8cIkFGWUDA"
    "TyfuLuLl2eMgdQ11f8mhZRZK5hB3aldbg0sEO6EdYZBLU07qB3LIKJw8Gh61AOmXMrJ2lm4fq94alZc6FRfDdldBR8pUBUXyJVPp"
    "Vn_mM4MpWI77Yulj2UqjA_CKKnCMSuvX1Zjgl7mSl3V_ncc7Sk3DvQMFC1Jrq7hQ8n2Lg5t5DYyQg9-iwAX3DHnWYyzoiJzWBZEY"
    "XP9RXvvIfdiKd_PdwquyFHTECycZ2mcAw0_x4AoLEwzr4gXVjvt_1yAybnvaAQXu0WNCrYs92UHQY3B-szI4B5JMDPNpMA.BwgJC"
    "gsMDQ4PEBES.6ro-4GEZp088l5lRJQ.7vW7KOOO_pDfT6b8b3EMBA",
};

std::string decrypted(const std::string& token, const std::string& key) {
  Bench bench;
  bench.context.request = {token, true, true};
  return bench.value("req.payload(0,0),jwt_decrypt_secret(" + key + ")").value_or("none");
}

TEST(EncryptedTokens, AreReadWithTheirSecret) {
  for (const Secret& secret : secrets)
    EXPECT_EQ(decrypted(secret.token, secret.key), secret.text) << secret.token;
}

TEST(EncryptedTokens, AreRefusedWithAnotherSecret) {
  for (const Secret& secret : secrets)
    for (const Secret& other : secrets)
      if (other.key != secret.key) {
        EXPECT_EQ(decrypted(secret.token, other.key), "none") << secret.token;
      }
}

TEST(EncryptedTokens, AreRefusedWhenChangedAnywhere) {
  for (const Secret& secret : secrets)
    for (std::size_t at = 0; at < secret.token.size(); at += 3) {
      std::string token = secret.token;
      token[at] = token[at] == 'A' ? 'B' : 'A';
      // The last digit of a part may carry bits that no byte has.
      const bool last = at + 1 == token.size() || token[at + 1] == '.';
      if (!last) {
        EXPECT_EQ(decrypted(token, secret.key), "none") << at;
      }
    }
}

TEST(EncryptedTokens, NeedFiveParts) {
  const std::string& token = secrets[0].token;
  for (std::size_t size = 0; size < token.size(); ++size)
    EXPECT_EQ(decrypted(token.substr(0, size), secrets[0].key), "none") << size;
  EXPECT_EQ(decrypted(token + ".", secrets[0].key), "none");
}

TEST(EncryptedTokens, AreReadWithAKey) {
  Scratch scratch;
  for (const std::string& token : rsa_tokens) {
    EXPECT_EQ(decrypt_token_with_jwk(token, jwk, scratch), "a secret text");
    EXPECT_FALSE(decrypt_token_with_jwk(token, R"({"kty":"RSA","n":"AQ","e":"AQAB","d":"AQ"})", scratch));
    EXPECT_FALSE(decrypt_token_with_jwk(token, R"({"kty":"oct","k":"AQ"})", scratch));
    EXPECT_FALSE(decrypt_token_with_jwk(token, "", scratch));
  }
  EXPECT_EQ(
      decrypt_token_with_jwk(secrets[0].token, R"({"kty":"oct","k":"GawgguFyGrWKav7AX4VKUg"})", scratch),
      "Live long and prosper.");
}

TEST(EncryptedTokens, KeysStandInVariables) {
  Bench bench;
  Sample key;
  key.set_string(jwk);
  std::string error;
  const auto ref = parse_variable("txn.key", bench.pool.variable_names(), error);
  ASSERT_TRUE(ref.has_value());
  bench.variables.set(*ref, key);
  bench.context.request = {rsa_tokens[1], true, true};
  EXPECT_EQ(bench.value("req.payload(0,0),jwt_decrypt_jwk(txn.key)"), "a secret text");
}

}  // namespace
}  // namespace shunt::fetchers::test
