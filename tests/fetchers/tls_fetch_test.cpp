// Fetches of terminated TLS over a described connection: which have values when, lists with and without
// GREASE.
#include <gtest/gtest.h>

#include "fetchers/tls_view.hpp"
#include "tests/fetchers/certificate_samples.hpp"
#include "tests/fetchers/harness.hpp"

namespace shunt::fetchers::test {
namespace {

using std::string_literals::operator""s;

struct Tls : TlsView {
  bool finished = true;
  std::string own = {}, peer = {}, root = {};
  VerifyFaults faults = {};
  std::uint64_t fault = 0;
  std::string suites = "\x1a\x1a\x13\x01\xfa\xfb\x0a"s, extensions = "\0\0\x0a\x0a"s, formats = "\x01\0"s;
  std::optional<CapturedHello> hello = {};

  [[nodiscard]] bool active() const override { return true; }
  [[nodiscard]] bool established() const override { return finished; }
  [[nodiscard]] Text sni() const override { return "a.test"; }
  [[nodiscard]] Text curve() const override { return "X25519"; }
  [[nodiscard]] Text certificate_name() const override { return "/etc/a.pem"; }
  [[nodiscard]] std::int64_t algorithm_bits() const override { return 256; }
  [[nodiscard]] bool resumed() const override { return true; }
  [[nodiscard]] Text session_id() const override { return "\x01\xff"; }
  [[nodiscard]] Text unique_id(Scratch& scratch) const override { return scratch.copy("id"); }
  [[nodiscard]] Text secret(TlsSecret which) const override {
    return which == TlsSecret::exporter ? Text("00ff") : std::nullopt;
  }
  [[nodiscard]] const CapturedHello* captured_hello() const override { return hello ? &*hello : nullptr; }
  [[nodiscard]] std::string_view suite_name(std::uint16_t number) const override {
    return number == 0x1301 ? "TLS_AES_128_GCM_SHA256" : "";
  }
  [[nodiscard]] bool peer_showed_certificate() const override { return true; }
  [[nodiscard]] std::int64_t verify_result() const override { return 21; }
  [[nodiscard]] VerifyFaults verify_faults() const override { return faults; }
  [[nodiscard]] std::uint64_t error() const override { return fault; }
  [[nodiscard]] std::string_view own_certificate(Scratch&) const override { return own; }
  [[nodiscard]] std::string_view peer_certificate(Scratch&) const override { return peer; }
  [[nodiscard]] std::string_view peer_root(Scratch&) const override { return root; }

  void keep_hello() {
    hello = CapturedHello{.version = 0x303,
                          .suites_hash = ~std::uint64_t{0},
                          .suites = suites,
                          .extensions = extensions,
                          .formats = formats};
  }
};

class TlsFetches : public testing::Test {
 protected:
  void SetUp() override { bench.context.client_tls = &tls; }
  Tls tls;
  Bench bench;
};

TEST_F(TlsFetches, AskTheView) {
  EXPECT_EQ(bench.verdict("ssl_fc"), "1");
  EXPECT_EQ(bench.verdict("ssl_fc_curve"), "X25519");
  EXPECT_EQ(bench.verdict("ssl_fc_crtname"), "/etc/a.pem");
  EXPECT_EQ(bench.verdict("ssl_fc_alg_keysize"), "256");
  EXPECT_EQ(bench.verdict("ssl_fc_use_keysize"), "none");
  EXPECT_EQ(bench.verdict("ssl_fc_session_id,hex"), "01FF");
  EXPECT_EQ(bench.verdict("ssl_fc_unique_id"), "id");
  EXPECT_EQ(bench.verdict("ssl_fc_exporter_secret"), "00ff");
  EXPECT_EQ(bench.verdict("ssl_fc_early_exporter_secret"), "none");
  EXPECT_EQ(bench.verdict("ssl_fc_npn"), "none");
  EXPECT_EQ(bench.verdict("ssl_fc_is_resumed"), "1");
  EXPECT_EQ(bench.verdict("ssl_fc_has_early"), "0");
  EXPECT_EQ(bench.verdict("ssl_fc_early_rcvd"), "0");
}

// A handshake that failed: HAProxy tells no result of what was not finished.
TEST_F(TlsFetches, TellLessOfAFailedHandshake) {
  tls.finished = false;
  tls.fault = 0x0A0000C1;
  tls.faults = {.certificate = 10, .issuer = 2, .issuer_depth = 1};
  EXPECT_EQ(bench.verdict("ssl_fc"), "1");
  EXPECT_EQ(bench.verdict("ssl_fc_has_sni"), "1");
  EXPECT_EQ(bench.verdict("ssl_fc_is_resumed"), "0");
  EXPECT_EQ(bench.verdict("ssl_fc_has_crt"), "none");
  EXPECT_EQ(bench.verdict("ssl_c_verify"), "none");
  EXPECT_EQ(bench.verdict("ssl_c_err"), "10");
  EXPECT_EQ(bench.verdict("ssl_c_ca_err"), "2");
  EXPECT_EQ(bench.verdict("ssl_c_ca_err_depth"), "1");
  EXPECT_EQ(bench.verdict("ssl_fc_err"), "167772353");
  EXPECT_TRUE(bench.verdict("ssl_fc_err_str").starts_with("error:0A0000C1:"));
}

TEST_F(TlsFetches, WithoutTlsOnlyThreeHaveAValue) {
  bench.context.client_tls = nullptr;
  for (const char* name : {"ssl_fc", "ssl_fc_has_sni", "ssl_fc_is_resumed"})
    EXPECT_EQ(bench.verdict(name), "0") << name;
  for (const char* name : {"ssl_fc_sni", "ssl_fc_err", "ssl_fc_has_crt", "ssl_fc_has_early", "ssl_c_used",
                           "ssl_c_err", "ssl_c_verify", "ssl_c_s_dn", "ssl_f_der", "ssl_fc_cipherlist_bin",
                           "ssl_fc_cipherlist_xxh", "ssl_fc_protocol_hello_id", "ssl_fc_client_random"})
    EXPECT_EQ(bench.verdict(name), "none") << name;
}

TEST_F(TlsFetches, HellosAreShownOnlyWhenKept) {
  EXPECT_EQ(bench.verdict("ssl_fc_cipherlist_str"), "none");
  tls.keep_hello();
  EXPECT_EQ(bench.verdict("ssl_fc_cipherlist_bin,hex"), "1A1A1301FAFB0A");
  EXPECT_EQ(bench.verdict("ssl_fc_cipherlist_bin(0),hex"), "1A1A1301FAFB0A");
  EXPECT_EQ(bench.verdict("ssl_fc_cipherlist_bin(1),hex"), "1301FAFB0A");
  EXPECT_EQ(bench.verdict("ssl_fc_cipherlist_hex(1)"), "1301FAFB0A");
  EXPECT_EQ(bench.verdict("ssl_fc_cipherlist_str"), "UNKNOWN(1a1a),TLS_AES_128_GCM_SHA256,UNKNOWN(fafb)");
  EXPECT_EQ(bench.verdict("ssl_fc_cipherlist_str(1)"), "TLS_AES_128_GCM_SHA256,UNKNOWN(fafb)");
  EXPECT_EQ(bench.verdict("ssl_fc_cipherlist_xxh"), "-1");
  EXPECT_EQ(bench.verdict("ssl_fc_extlist_bin(1),hex"), "0000");
  EXPECT_EQ(bench.verdict("ssl_fc_ecformats_bin,hex"), "0100");
  EXPECT_EQ(bench.verdict("ssl_fc_eclist_bin"), "none");
  EXPECT_EQ(bench.verdict("ssl_fc_sigalgs_bin"), "none");
  EXPECT_EQ(bench.verdict("ssl_fc_protocol_hello_id"), "771");
}

TEST_F(TlsFetches, CertificatesAreReadFromTheirBytes) {
  tls.own = from_hexadecimal(odd_certificate);
  tls.peer = tls.root = from_hexadecimal(rich_certificate);
  EXPECT_EQ(bench.verdict("ssl_f_s_dn(CN)"), "multi");
  EXPECT_EQ(bench.verdict("ssl_f_version"), "1");
  EXPECT_EQ(bench.verdict("ssl_c_used"), "1");
  EXPECT_EQ(bench.verdict("ssl_c_s_dn(OU,-2)"), "Two");
  EXPECT_EQ(bench.verdict("ssl_c_s_dn(OU,0)"), "none");
  EXPECT_EQ(bench.verdict("ssl_c_i_dn(,0,rfc2253)"), "CN=Root CA,C=DE");
  EXPECT_EQ(bench.verdict("ssl_c_r_dn(OU)"), "One");
  EXPECT_EQ(bench.verdict("ssl_c_serial,hex"), "8F00AA01");
  EXPECT_EQ(bench.verdict("ssl_c_policies"), "1.2.3.4,2.23.140.1.2.1");
  EXPECT_EQ(bench.verdict("ssl_c_policies(1.2.3.4)"), "1.2.3.4");
  EXPECT_EQ(bench.verdict("ssl_c_policies(1.2.3)"), "none");
  EXPECT_TRUE(bench.verdict("ssl_c_san").starts_with("DNS:good.test"));
  bench.context.buffer_size = 40;
  EXPECT_EQ(bench.verdict("ssl_c_s_dn"), "none");
}

TEST_F(TlsFetches, TheServersSideIsAnother) {
  for (const char* name : {"ssl_bc", "ssl_bc_is_resumed"})
    EXPECT_EQ(bench.verdict(name, Place::fe_log_end), "0") << name;
  EXPECT_EQ(bench.verdict("ssl_bc_sni", Place::fe_log_end), "none");
  bench.context.server_tls = &tls;
  bench.context.client_tls = nullptr;
  tls.peer = from_hexadecimal(rich_certificate);
  EXPECT_EQ(bench.verdict("ssl_bc", Place::fe_log_end), "1");
  EXPECT_EQ(bench.verdict("ssl_bc_sni", Place::fe_log_end), "a.test");
  EXPECT_EQ(bench.verdict("ssl_s_s_dn(OU)", Place::fe_log_end), "One");
}

}  // namespace
}  // namespace shunt::fetchers::test
