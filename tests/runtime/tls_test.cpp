// TLS termination over a socket pair against OpenSSL's own client: certificates by name, ALPN, versions,
// bulk, ends, failures.
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <optional>

#include "graph/pki/signer.hpp"
#include "runtime/tls/client_hello.hpp"
#include "runtime/tls/generated_certificates.hpp"
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

// ---- certificates that are made for a name

class Generated : public Tls {
 protected:
  void SetUp() override {
    write_certificate(directory.file("ca.pem"), "Test CA");
    bind.signer = pki::load_signer(directory.file("ca.pem"), "").value();
    certificate("default.test");
  }
  // The serial number of what a client that asks for `name` is shown; 0: there was no handshake.
  std::uint64_t asked(const std::string& name) {
    listen();
    if (!name.empty()) SSL_set_tlsext_host_name(client->ssl, name.c_str());
    if (shake_hands() != HandshakeStatus::established) return 0;
    const pki::X509Ptr shown(SSL_get1_peer_certificate(client->ssl));
    std::uint64_t serial = 0;
    ASN1_INTEGER_get_uint64(&serial, X509_get0_serialNumber(shown.get()));
    return serial;
  }
  bool shown_is_for(const std::string& name) {
    const pki::X509Ptr shown(SSL_get1_peer_certificate(client->ssl));
    return X509_check_host(shown.get(), name.c_str(), name.size(), 0, nullptr) == 1;
  }
};

TEST_F(Generated, AreSignedForUnknownNamesAlone) {
  EXPECT_GT(asked("new.test"), 1U);
  EXPECT_TRUE(shown_is_for("new.test"));
  const pki::X509Ptr shown(SSL_get1_peer_certificate(client->ssl));
  EXPECT_EQ(X509_verify(shown.get(), bind.signer->key.get()), 1);
  EXPECT_EQ(sk_X509_num(SSL_get_peer_cert_chain(client->ssl)), 2);
  EXPECT_EQ(asked("default.test"), 1U) << "it has one of its own";
  EXPECT_EQ(asked(""), 1U) << "nobody was asked for";
}

TEST_F(Generated, AreKeptAsManyAsAllowed) {
  auto const cache = std::make_unique<GeneratedCertificates>(bind.signer, 2);
  pki::Certificate const& like = (*store)[0];
  auto const a = cache->get("a.test", like), b = cache->get("b.test", like);
  EXPECT_EQ(cache->get("a.test", like), a);
  auto const c = cache->get("c.test", like);  // b goes: a was used later
  EXPECT_EQ(cache->get("a.test", like), a);
  EXPECT_EQ(cache->get("c.test", like), c);
  EXPECT_NE(cache->get("b.test", like), b);
  GeneratedCertificates none(bind.signer, 0);
  EXPECT_NE(none.get("a.test", like), none.get("a.test", like));
}

TEST_F(Generated, StrangeNamesGetOneOrTheUsualOne) {
  EXPECT_GT(asked("a,DNS:evil.test"), 1U);
  EXPECT_FALSE(shown_is_for("evil.test")) << "a comma means nothing";
  EXPECT_EQ(asked(std::string(200, 'x')), 1U) << "too long for a common name";
  bind.strict_sni = true;
  EXPECT_EQ(asked(std::string(200, 'x')), 0U);
  EXPECT_EQ(asked(""), 0U);
  EXPECT_GT(asked("new.test"), 1U);
}

TEST_F(Tls, EarlyDataComesAfterTheHandshakeAndFirst) {
  certificate("default.test");
  bind.early_data = 100;
  listen();
  SSL_SESSION* session = nullptr;
  ASSERT_EQ(shake_hands(), HandshakeStatus::established);
  std::array<char, 16> bytes{};
  SSL_read(client->ssl, bytes.data(), bytes.size());  // takes the tickets
  session = SSL_get1_session(client->ssl);
  ASSERT_EQ(SSL_SESSION_get_max_early_data(session), 100U);
  // The context, whose keys open the ticket, stays.
  SSL_set_shutdown(client->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);  // else its session is spoilt
  auto const pair = connected_pair(AF_UNIX);
  client.emplace(pair[0]);
  transport = Transport(pair[1]);
  transport.set_tls(TlsConnection::accept(*context, Wire{.fd = pair[1]}, tools));
  SSL_set_session(client->ssl, session);
  SSL_SESSION_free(session);
  std::size_t written = 0;
  ASSERT_EQ(SSL_write_early_data(client->ssl, "early ", 6, &written), 1);
  transport.tls()->on_readable(false);
  EXPECT_EQ(transport.tls()->handshake(), HandshakeStatus::waiting) << "what is early may be a replay";
  ASSERT_EQ(shake_hands(), HandshakeStatus::established);
  EXPECT_EQ(SSL_get_early_data_status(client->ssl), SSL_EARLY_DATA_ACCEPTED);
  ASSERT_EQ(SSL_write(client->ssl, "late", 4), 4);
  EXPECT_EQ(server_reads(3), "ear");
  EXPECT_EQ(server_reads(100), "ly late");
  EXPECT_TRUE(transport.tls()->resumed());
  EXPECT_EQ(tools.buffers.lent(), 0U);
}

TEST(ClientHellos, AreRefusedWhereHaproxyRefusesThem) {
  using namespace std::string_literals;
  for (const std::string& good : {"\0\6\0\0\3abc"s, "\0\7\0\0\3abcd"s, "\0\7\0\0\1a\0\0\0"s})
    EXPECT_TRUE(server_name_is_well_formed(good));
  for (const std::string& bad : {""s, "\0"s, "\0\0"s, "\0\5\0\0\3abc"s, "\0\7\0\0\3abc"s, "\0\6\1\0\3abc"s,
                                 "\0\3\0\0\0"s, "\0\6\0\0\4abc"s, "\0\6\0\0\0abc"s, "\0\1\0"s, "\0\2\0\0"s,
                                 "\0\6\0\0\3a\0c"s, "\1\3\0\1\0"s + std::string(256, 'a')})
    EXPECT_FALSE(server_name_is_well_formed(bad));
  for (const std::string& good : {"\0\2\4\3"s, "\0\0"s, "\0\4\4\3\4\1"s})
    EXPECT_TRUE(signatures_are_well_formed(good));
  for (const std::string& bad :
       {""s, "\0"s, "\0\3\4\3\4"s, "\0\4\4\3"s, "\0\1\4\3"s, "\0\2\4\3\0"s, "\0\1\4"s})
    EXPECT_FALSE(signatures_are_well_formed(bad));
}

}  // namespace
}  // namespace shunt::runtime
