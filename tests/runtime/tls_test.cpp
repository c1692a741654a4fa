// TLS termination over a socket pair against OpenSSL's own client: certificates by name, ALPN, versions,
// bulk, ends, failures.
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <optional>

#include "runtime/tls/client_hello.hpp"
#include "runtime/tls/tls_connection.hpp"
#include "runtime/tls/tls_context.hpp"
#include "tests/runtime/socket_test_tools.hpp"
#include "tests/runtime/test_certificate.hpp"

namespace shunt::runtime {
namespace {

namespace pki = graph::pki;

// The other side of the wire.
struct Client {
  explicit Client(int descriptor)
      : fd(descriptor), context(SSL_CTX_new(TLS_client_method())), ssl(SSL_new(context)) {
    SSL_set_fd(ssl, fd);
    SSL_set_connect_state(ssl);
    SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  }
  ~Client() {
    SSL_free(ssl);
    SSL_CTX_free(context);
    if (fd >= 0) ::close(fd);
    ERR_clear_error();
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] std::string peer_name() const {
    X509* const certificate = SSL_get1_peer_certificate(ssl);
    if (!certificate) return "";
    std::array<char, 256> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(), name.size());
    X509_free(certificate);
    return name.data();
  }

  int fd;
  SSL_CTX* context;
  SSL* ssl;
};

class Tls : public testing::Test {
 protected:
  std::uint32_t certificate(const std::string& name, TestKey kind = TestKey::ecdsa) {
    std::string const path = directory.file(name + (kind == TestKey::rsa ? ".rsa.pem" : ".pem"));
    write_certificate(path, name, kind);
    auto const ids = store->load(path);
    EXPECT_TRUE(ids.has_value());
    bind.certificates.push_back({.id = ids.value().front()});
    return ids.value().front();
  }

  void listen() {
    auto made = TlsContext::make(bind, store);
    ASSERT_TRUE(made.has_value()) << made.error().message;
    context = made.value();
    auto const pair = connected_pair(AF_UNIX);
    client.emplace(pair[0]);
    transport = Transport(pair[1]);
    transport.set_tls(TlsConnection::accept(*context, Wire{.fd = pair[1]}, tools));
  }

  // Both sides in turn until the server has an answer.
  HandshakeStatus shake_hands() {
    for (int i = 0; i < 50; ++i) {
      SSL_do_handshake(client->ssl);
      ERR_clear_error();
      transport.tls()->on_readable(false);
      HandshakeStatus const status = transport.tls()->handshake();
      if (status == HandshakeStatus::established) {
        SSL_do_handshake(client->ssl);
        return status;
      }
      if (status != HandshakeStatus::waiting) return status;
    }
    return HandshakeStatus::waiting;
  }

  std::string server_reads(std::size_t size) {
    std::string all(size, '\0');
    transport.tls()->on_readable(false);
    IoResult const got = transport.read(all.data(), all.size());
    all.resize(got.bytes);
    last = got.status;
    return all;
  }

  TemporaryDirectory directory;
  std::shared_ptr<pki::CertificateStore> store = std::make_shared<pki::CertificateStore>();
  graph::TlsBind bind;
  TlsTools tools;
  std::shared_ptr<const TlsContext> context;
  std::optional<Client> client;
  Transport transport;
  IoStatus last = IoStatus::ok;
};

TEST_F(Tls, CarriesBytesBothWaysAndHoldsNoBufferAtRest) {
  certificate("default.test");
  listen();
  ASSERT_EQ(shake_hands(), HandshakeStatus::established);
  ASSERT_EQ(SSL_write(client->ssl, "ping", 4), 4);
  EXPECT_EQ(server_reads(100), "ping");
  EXPECT_EQ(last, IoStatus::drained);
  EXPECT_EQ(transport.write("pong").bytes, 4U);
  std::array<char, 16> bytes{};
  ASSERT_EQ(SSL_read(client->ssl, bytes.data(), bytes.size()), 4);
  EXPECT_EQ(std::string(bytes.data(), 4), "pong");
  EXPECT_EQ(tools.buffers.lent(), 0U);
}

TEST_F(Tls, ChoosesTheCertificateByServerName) {
  certificate("default.test");
  certificate("other.test");
  for (auto const& [asked, answered] : {std::pair{"other.test", "other.test"},
                                        {"OTHER.test", "other.test"},
                                        {"unknown.test", "default.test"},
                                        {"", "default.test"}}) {
    listen();
    if (*asked) SSL_set_tlsext_host_name(client->ssl, asked);
    ASSERT_EQ(shake_hands(), HandshakeStatus::established) << asked;
    EXPECT_EQ(client->peer_name(), answered) << asked;
    if (*asked) {
      EXPECT_EQ(transport.tls()->sni(), asked);
    } else {
      EXPECT_FALSE(transport.tls()->sni().has_value());
    }
  }
}

TEST_F(Tls, GivesEachClientTheKindOfKeyThatItTakes) {
  certificate("both.test", TestKey::rsa);
  certificate("both.test", TestKey::ecdsa);
  for (auto const& [schemes, kind] :
       {std::pair{"RSA+SHA256:RSA-PSS+SHA256", EVP_PKEY_RSA}, {"ECDSA+SHA256:RSA+SHA256", EVP_PKEY_EC}}) {
    listen();
    SSL_set_max_proto_version(client->ssl, TLS1_2_VERSION);
    SSL_set1_sigalgs_list(client->ssl, schemes);
    SSL_set_tlsext_host_name(client->ssl, "both.test");
    ASSERT_EQ(shake_hands(), HandshakeStatus::established) << schemes;
    X509* const shown = SSL_get1_peer_certificate(client->ssl);
    EXPECT_EQ(EVP_PKEY_get_base_id(X509_get0_pubkey(shown)), kind) << schemes;
    X509_free(shown);
  }
}

TEST_F(Tls, StrictSniRefusesUnknownAndAbsentNamesWithTheRightAlert) {
  certificate("known.test");
  bind.strict_sni = true;
  for (const char* const name : {"unknown.test", ""}) {
    listen();
    if (*name) SSL_set_tlsext_host_name(client->ssl, name);
    EXPECT_EQ(shake_hands(), HandshakeStatus::failed);
    SSL_do_handshake(client->ssl);
    EXPECT_EQ(ERR_GET_REASON(ERR_get_error()), SSL_R_TLSV1_UNRECOGNIZED_NAME);
  }
  listen();
  SSL_set_tlsext_host_name(client->ssl, "known.test");
  EXPECT_EQ(shake_hands(), HandshakeStatus::established);
}

TEST_F(Tls, SelectsTheProtocolInOurOrder) {
  certificate("default.test");
  bind.alpn = std::string("\x02h2\x08http/1.1", 12);
  listen();
  std::string const offered("\x08http/1.1\x02h2", 12);
  SSL_set_alpn_protos(client->ssl, reinterpret_cast<const unsigned char*>(offered.data()), 12);
  ASSERT_EQ(shake_hands(), HandshakeStatus::established);
  EXPECT_EQ(transport.tls()->alpn(), "h2");
  listen();
  SSL_set_alpn_protos(client->ssl, reinterpret_cast<const unsigned char*>("\x03xyz"), 4);
  ASSERT_EQ(shake_hands(), HandshakeStatus::established);
  EXPECT_FALSE(transport.tls()->alpn().has_value());
}

TEST_F(Tls, KeepsToTheVersions) {
  certificate("default.test");
  bind.min_version = "TLSv1.3";
  listen();
  SSL_set_max_proto_version(client->ssl, TLS1_2_VERSION);
  EXPECT_EQ(shake_hands(), HandshakeStatus::failed);
  listen();
  ASSERT_EQ(shake_hands(), HandshakeStatus::established);
  EXPECT_EQ(transport.tls()->protocol(), "TLSv1.3");
  EXPECT_TRUE(transport.tls()->cipher().has_value());
}

TEST_F(Tls, AFailedHandshakeIsToldFromAClosedOne) {
  certificate("default.test");
  listen();
  ASSERT_EQ(::send(client->fd, "GET / HTTP/1.0\r\n\r\n", 18, 0), 18);
  EXPECT_EQ(transport.tls()->handshake(), HandshakeStatus::failed);
  listen();
  ::shutdown(client->fd, SHUT_WR);
  EXPECT_EQ(transport.tls()->handshake(), HandshakeStatus::closed);
}

TEST_F(Tls, BytesThatWereReadBeforeAreTheBeginOfTheHandshake) {
  certificate("default.test");
  listen();
  SSL_do_handshake(client->ssl);
  std::array<char, 4096> hello;
  ssize_t const size = ::recv(transport.fd(), hello.data(), 100, 0);
  ASSERT_EQ(size, 100);
  transport.tls()->prime({hello.data(), 100});
  EXPECT_EQ(shake_hands(), HandshakeStatus::established);
}

TEST_F(Tls, BulkInBothDirectionsKeepsEveryByte) {
  certificate("default.test");
  listen();
  ASSERT_EQ(shake_hands(), HandshakeStatus::established);
  std::string sent(3U << 20, '\0');
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>(i * 2654435761U >> 13);
  std::string up, down;
  std::size_t up_written = 0, down_written = 0;
  std::array<char, 70000> chunk;
  while (up.size() < sent.size() || down.size() < sent.size()) {
    if (up_written < sent.size()) {
      int const n = SSL_write(client->ssl, sent.data() + up_written,
                              static_cast<int>(std::min<std::size_t>(sent.size() - up_written, 50000)));
      if (n > 0) up_written += static_cast<std::size_t>(n);
    }
    up += server_reads(chunk.size());
    if (!transport.has_unsent() || transport.flush().status == IoStatus::ok) {
      IoResult const out = transport.write(std::string_view(sent).substr(down_written, 100000));
      ASSERT_NE(out.status, IoStatus::failed);
      down_written += out.bytes;
    }
    int const n = SSL_read(client->ssl, chunk.data(), chunk.size());
    if (n > 0) down.append(chunk.data(), static_cast<std::size_t>(n));
  }
  EXPECT_TRUE(up == sent);
  EXPECT_TRUE(down == sent);
}

TEST_F(Tls, EndsWithCloseNotifyAndTakesAnEndWithoutIt) {
  certificate("default.test");
  listen();
  ASSERT_EQ(shake_hands(), HandshakeStatus::established);
  EXPECT_EQ(transport.shutdown_write().status, IoStatus::ok);
  std::array<char, 8> bytes{};
  int const end = SSL_read(client->ssl, bytes.data(), bytes.size());
  EXPECT_EQ(SSL_get_error(client->ssl, end), SSL_ERROR_ZERO_RETURN);
  // The client's direction is still open, and it just drops the connection.
  ASSERT_EQ(SSL_write(client->ssl, "bye", 3), 3);
  ::shutdown(client->fd, SHUT_WR);
  EXPECT_EQ(server_reads(3), "bye");
  EXPECT_EQ(server_reads(10), "");
  EXPECT_EQ(last, IoStatus::ended);
}

TEST_F(Tls, ATruncatedRecordIsAnEndAndGarbageAFailure) {
  certificate("default.test");
  listen();
  ASSERT_EQ(shake_hands(), HandshakeStatus::established);
  ASSERT_EQ(::send(client->fd, "\x17\x03\x03\x00\x20garbage-garbage-garbage-garbage-", 5 + 32, 0), 5 + 32);
  EXPECT_EQ(server_reads(10), "");
  EXPECT_EQ(last, IoStatus::failed);
}

TEST_F(Tls, AnAnnouncedEndIsFoundWithoutAnotherEvent) {
  certificate("default.test");
  listen();
  ASSERT_EQ(shake_hands(), HandshakeStatus::established);
  ASSERT_EQ(SSL_write(client->ssl, "last", 4), 4);
  ::shutdown(client->fd, SHUT_WR);
  transport.tls()->on_readable(true);
  std::array<char, 64> bytes;
  IoResult const got = transport.read(bytes.data(), bytes.size());
  EXPECT_EQ(got.bytes, 4U);
  EXPECT_EQ(got.status, IoStatus::ended);
}

struct NameCase {
  const char* what;
  std::string extension;
  std::string name;
};

TEST(ServerName, IsReadFromTheExtensionAndNothingElse) {
  using namespace std::string_literals;
  for (NameCase const& one : {NameCase{"one name", "\0\6\0\0\3abc"s, "abc"}, NameCase{"empty", ""s, ""},
                              NameCase{"other type first", "\0\x0b\1\0\2xy\0\0\3abc"s, "abc"},
                              NameCase{"list longer than the body", "\0\x20\0\0\3abc"s, ""},
                              NameCase{"name longer than the list",
                                       "\0\6\0\0\x09"
                                       "abc"s,
                                       ""}}) {
    EXPECT_EQ(server_name_of(one.extension), one.name) << one.what;
    // No prefix is read past its end (the sanitizer watches).
    for (std::size_t n = 0; n < one.extension.size(); ++n) {
      std::string const prefix(one.extension, 0, n);
      EXPECT_LE(server_name_of(prefix).size(), n);
    }
  }
}

TEST(Capabilities, ComeFromTheSignatureSchemes) {
  using namespace std::string_literals;
  auto const both = capabilities_of("\0\4\4\3\4\1"s);
  EXPECT_TRUE(both.rsa && both.ecdsa);
  auto const pss = capabilities_of("\0\2\x08\x04"s);
  EXPECT_TRUE(pss.rsa && !pss.ecdsa);
  auto const ec = capabilities_of("\0\2\5\3"s);
  EXPECT_TRUE(!ec.rsa && ec.ecdsa);
  auto const edwards = capabilities_of("\0\2\x08\x07"s);
  EXPECT_TRUE(!edwards.rsa && !edwards.ecdsa);
}

}  // namespace
}  // namespace shunt::runtime
