// Under which name TLS sessions are kept: equal for the same judgement of clients, different for any other.
#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/tls/client_certificates.hpp"
#include "tests/runtime/test_certificate.hpp"

namespace shunt::runtime {
namespace {

TEST(SessionName, IsThatOfTheJudgement) {
  const TemporaryDirectory directory;
  graph::pki::CertificateStore store, again;
  std::vector<graph::ClientVerification> all(6);
  for (const char* const name : {"one", "two"}) write_certificate(directory.file(name), name);
  const std::uint32_t one = store.load_authorities(directory.file("one")).value();
  const std::uint32_t two = store.load_authorities(directory.file("two")).value();
  all[1] = {.mode = graph::VerifyClient::required, .authorities = one};
  all[2] = {.mode = graph::VerifyClient::optional, .authorities = one};
  all[3] = {.mode = graph::VerifyClient::required, .authorities = two};
  all[4] = {.mode = graph::VerifyClient::required, .authorities = one, .more_authorities = two};
  all[5] = all[1];
  all[5].ignored_in_certificate.set(10);
  std::vector<SessionName> names;
  for (const graph::ClientVerification& rules : all) names.push_back(session_name(rules, store, 0));
  names.push_back(session_name(all[1], store, 1));
  EXPECT_EQ(names[1], session_name(all[1], store, 0));
  // The same files in another store, as after a reload.
  const std::uint32_t same = again.load_authorities(directory.file("one")).value();
  EXPECT_EQ(names[1], session_name({.mode = graph::VerifyClient::required, .authorities = same}, again, 0));
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

}  // namespace
}  // namespace shunt::runtime
