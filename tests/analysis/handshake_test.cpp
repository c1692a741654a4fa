// Which certificate a described client is shown where a bind has an RSA and an ECDSA one.
#include <gtest/gtest.h>

#include "analysis/hello_builder.hpp"
#include "analysis/simulated_handshake.hpp"
#include "graph/load.hpp"
#include "graph/pki/certificate_store.hpp"
#include "tests/graph/certificates.hpp"

namespace shunt::analysis {
namespace {

using graph::pki::KeyKind;

struct ShownCase {
  const char* what;
  std::optional<std::string> name;
  std::vector<std::uint16_t> suites;
  KeyKind shown;
};
class ShownCertificate : public testing::TestWithParam<ShownCase> {};

// As runtime/tls has it, and HAProxy where a name is asked for (tests/graph/client_choice_test.cpp).
TEST_P(ShownCertificate, IsTheOneThatWouldBeServed) {
  const graph::testing::TemporaryDirectory directory;
  const std::string path = directory.path() / "both.pem";
  graph::testing::write_certificate(path + ".rsa", {.common_name = "a.test"});
  graph::testing::write_certificate(path + ".ecdsa", {.common_name = "a.test", .elliptic = true});
  const auto loaded = graph::load_text(
      "t.cfg", "frontend f\n bind 127.0.0.1:1 ssl crt " + path + "\n default_backend b\nbackend b\n", {});
  ASSERT_TRUE(loaded->graph);
  const graph::TlsBind& bind = *loaded->graph->listeners[0].tls;
  const std::string hello = build_hello({.sni = GetParam().name, .alpn = {}, .suites = GetParam().suites});
  const Agreement made = agree(*loaded->graph, bind, read_offer(hello), false);
  ASSERT_TRUE(made.tls) << made.fault;
  EXPECT_EQ((*loaded->graph->certificates)[*made.tls->certificate()].kind, GetParam().shown)
      << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Clients, ShownCertificate,
    testing::Values(ShownCase{"modern", "a.test", {}, KeyKind::ecdsa},
                    ShownCase{"TLS 1.3 alone", "a.test", {0x1301}, KeyKind::rsa},
                    ShownCase{"RSA suites", "a.test", {0xc02f}, KeyKind::rsa},
                    ShownCase{"ECDSA suites", "a.test", {0xc02b}, KeyKind::ecdsa},
                    ShownCase{"modern without a name", std::nullopt, {}, KeyKind::ecdsa},
                    ShownCase{"TLS 1.3 alone without a name", std::nullopt, {0x1301}, KeyKind::ecdsa},
                    ShownCase{"RSA suites without a name", std::nullopt, {0xc02f}, KeyKind::rsa}));

}  // namespace
}  // namespace shunt::analysis
