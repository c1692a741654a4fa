// What is kept of hellos and keys, and what a refused client certificate leaves behind.
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "fetchers/sample.hpp"
#include "runtime/tls/tls_connection.hpp"
#include "runtime/tls/tls_context.hpp"
#include "runtime/tls/tls_facts.hpp"
#include "tests/runtime/socket_test_tools.hpp"
#include "tests/runtime/test_certificate.hpp"

namespace shunt::runtime {
namespace {

using std::string_literals::operator""s;

std::string prefixed(const std::string& bytes, std::size_t width) {
  std::string size;
  for (std::size_t i = width; i-- > 0;) size += static_cast<char>(bytes.size() >> 8 * i);
  return size + bytes;
}
std::string extension(int type, const std::string& content) {
  return std::string{static_cast<char>(type >> 8), static_cast<char>(type)} + prefixed(content, 2);
}

// The hello that HAProxy 2.6 was shown when the lists below were measured.
std::string hello() {
  const std::string extensions = extension(0x0a0a, "") + extension(10, prefixed("\x1a\x1a\0\x1d\0\x17"s, 2)) +
                                 extension(11, prefixed("\x01\0\x02"s, 1)) +
                                 extension(13, prefixed("\x04\x03\x08\x04"s, 2)) +
                                 extension(43, prefixed("\x9a\x9a\x03\x03"s, 1));
  return "\x03\x03" + std::string(32, 'r') + prefixed(std::string(32, 's'), 1) +
         prefixed("\x1a\x1a\xfa\xfb\xee\xee", 2) + prefixed("\0"s, 1) + prefixed(extensions, 2);
}

struct Kept {
  std::size_t space;
  std::size_t suites, extensions, groups, formats, signatures, versions;  // bytes of each
};
class KeptHellos : public testing::TestWithParam<Kept> {};

TEST_P(KeptHellos, AreCutAsHaproxyCutsThem) {
  const Kept& expected = GetParam();
  const auto kept = KeptHello::make(hello(), expected.space);
  ASSERT_NE(kept, nullptr);
  const fetchers::CapturedHello& lists = kept->lists();
  EXPECT_EQ(lists.version, 0x303);
  EXPECT_EQ(static_cast<std::int64_t>(lists.suites_hash), 6742084800540497755);
  EXPECT_EQ(lists.suites, "\x1a\x1a\xfa\xfb\xee\xee"s.substr(0, expected.suites));
  EXPECT_EQ(lists.extensions, "\x0a\x0a\0\x0a\0\x0b\0\x0d\0\x2b"s.substr(0, expected.extensions));
  EXPECT_EQ(lists.groups, "\x1a\x1a\0\x1d\0\x17"s.substr(0, expected.groups));
  EXPECT_EQ(lists.formats, "\x01\0\x02"s.substr(0, expected.formats));
  EXPECT_EQ(lists.signatures, "\x04\x03\x08\x04"s.substr(0, expected.signatures));
  EXPECT_EQ(lists.versions, "\x9a\x9a\x03\x03"s.substr(0, expected.versions));
}

INSTANTIATE_TEST_SUITE_P(Measured, KeptHellos,
                         testing::Values(Kept{6, 6, 0, 0, 0, 0, 0}, Kept{12, 6, 6, 0, 0, 0, 0},
                                         Kept{7, 6, 0, 0, 0, 0, 0}, Kept{9, 6, 2, 0, 0, 0, 0},
                                         Kept{11, 6, 4, 1, 0, 0, 0}, Kept{13, 6, 6, 1, 0, 0, 0},
                                         Kept{17, 6, 10, 1, 0, 0, 0}, Kept{24, 6, 10, 6, 2, 0, 0},
                                         Kept{26, 6, 10, 6, 3, 1, 0}, Kept{96, 6, 10, 6, 3, 4, 4}));

TEST(KeptHellos, EveryShorterHelloIsReadOrNone) {
  const std::string whole = hello();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto kept = KeptHello::make(std::string_view(whole).substr(0, size), 100);
    EXPECT_EQ(kept != nullptr, size >= 77) << size;  // up to the compression methods
  }
}

TEST(KeptSecrets, AreSortedByLabel) {
  TlsFacts facts;
  facts.keep_secret("CLIENT_RANDOM 00 11");
  EXPECT_EQ(facts.secrets, nullptr);
  facts.keep_secret("EXPORTER_SECRET 00 a1b2");
  facts.keep_secret("CLIENT_TRAFFIC_SECRET_0 00 c3");
  ASSERT_NE(facts.secrets, nullptr);
  EXPECT_EQ((*facts.secrets)[static_cast<std::size_t>(fetchers::TlsSecret::exporter)], "a1b2");
  EXPECT_EQ((*facts.secrets)[static_cast<std::size_t>(fetchers::TlsSecret::client_traffic)], "c3");
  EXPECT_EQ((*facts.secrets)[static_cast<std::size_t>(fetchers::TlsSecret::server_traffic)], "");
}

// A client with the certificate in a file, against a bind that verifies.
class ClientCertificate : public testing::Test {
 protected:
  void SetUp() override {
    write_certificate(directory.file("server.pem"), "server.test");
    write_certificate(directory.file("client.pem"), "client.test");
    auto const ids = store->load(directory.file("server.pem"));
    ASSERT_TRUE(ids.has_value());
    for (std::uint32_t const id : ids.value()) bind.certificates.push_back({.id = id});
    bind.client.mode = graph::VerifyClient::required;
    client_context = SSL_CTX_new(TLS_client_method());
  }
  void TearDown() override {
    SSL_free(client);
    SSL_CTX_free(client_context);
    if (client_fd >= 0) ::close(client_fd);
    ERR_clear_error();
  }

  void trust(const std::string& file) {
    auto const id = store->load_authorities(directory.file(file));
    ASSERT_TRUE(id.has_value());
    bind.client.authorities = id.value();
  }

  HandshakeStatus connect(bool with_certificate) {
    std::string const file = directory.file("client.pem");
    if (with_certificate) {
      SSL_CTX_use_certificate_file(client_context, file.c_str(), SSL_FILETYPE_PEM);
      SSL_CTX_use_PrivateKey_file(client_context, file.c_str(), SSL_FILETYPE_PEM);
    }
    auto made = TlsContext::make(bind, store);
    if (!made) return HandshakeStatus::closed;
    context = made.value();
    auto const pair = connected_pair(AF_UNIX);
    client_fd = pair[0];
    client = SSL_new(client_context);
    SSL_set_fd(client, client_fd);
    SSL_set_connect_state(client);
    transport = Transport(pair[1]);
    transport.set_tls(TlsConnection::accept(*context, Wire{.fd = pair[1]}, tools));
    return shake_hands();
  }

  HandshakeStatus shake_hands() {
    HandshakeStatus status = HandshakeStatus::waiting;
    for (int i = 0; i < 50 && status == HandshakeStatus::waiting; ++i) {
      SSL_do_handshake(client);
      ERR_clear_error();
      transport.tls()->on_readable(false);
      status = transport.tls()->handshake();
    }
    return status;
  }

  TemporaryDirectory directory;
  std::shared_ptr<graph::pki::CertificateStore> store = std::make_shared<graph::pki::CertificateStore>();
  graph::TlsBind bind;
  TlsTools tools;
  std::shared_ptr<const TlsContext> context;
  SSL_CTX* client_context = nullptr;
  SSL* client = nullptr;
  int client_fd = -1;
  Transport transport;
  fetchers::Scratch scratch;
};

TEST_F(ClientCertificate, IsTakenWhenItsAuthorityIsKnown) {
  trust("client.pem");
  ASSERT_EQ(connect(true), HandshakeStatus::established);
  TlsConnection const& tls = *transport.tls();
  EXPECT_TRUE(tls.peer_showed_certificate());
  EXPECT_FALSE(tls.peer_certificate(scratch).empty());
  EXPECT_EQ(tls.peer_root(scratch), tls.peer_certificate(scratch));
  EXPECT_EQ(tls.verify_result(), X509_V_OK);
  EXPECT_EQ(tls.verify_faults().certificate, X509_V_OK);
  EXPECT_EQ(tls.error(), 0U);
}

TEST_F(ClientCertificate, OfNobodyKnownEndsTheHandshakeAndIsRemembered) {
  trust("server.pem");
  ASSERT_EQ(connect(true), HandshakeStatus::failed);
  TlsConnection const& tls = *transport.tls();
  EXPECT_EQ(tls.failure(), "SSL client certificate not trusted");
  EXPECT_FALSE(tls.established());
  EXPECT_EQ(tls.verify_faults().certificate, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
  EXPECT_EQ(ERR_GET_REASON(tls.error()), SSL_R_CERTIFICATE_VERIFY_FAILED);
  EXPECT_FALSE(tls.peer_certificate(scratch).empty());
}

TEST_F(ClientCertificate, OfNobodyKnownIsTakenWhereThatIsIgnored) {
  trust("server.pem");
  bind.client.ignored_in_certificate.set(X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
  ASSERT_EQ(connect(true), HandshakeStatus::established);
  EXPECT_EQ(transport.tls()->verify_result(), X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
  EXPECT_EQ(transport.tls()->verify_faults().certificate, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
}

TEST_F(ClientCertificate, ThatIsRequiredMustCome) {
  trust("client.pem");
  ASSERT_EQ(connect(false), HandshakeStatus::failed);
  EXPECT_EQ(transport.tls()->failure(), "SSL handshake failure");
  EXPECT_EQ(ERR_GET_REASON(transport.tls()->error()), SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE);
}

TEST_F(ClientCertificate, ThatIsOptionalMayBeMissing) {
  trust("client.pem");
  bind.client.mode = graph::VerifyClient::optional;
  ASSERT_EQ(connect(false), HandshakeStatus::established);
  EXPECT_FALSE(transport.tls()->peer_showed_certificate());
  EXPECT_TRUE(transport.tls()->peer_certificate(scratch).empty());
}

}  // namespace
}  // namespace shunt::runtime
