// TLS towards a server, whose side is played by a context for clients: verification, names, resumption,
// bytes.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "runtime/tls/outgoing_tls.hpp"
#include "runtime/tls/tls_connection.hpp"
#include "runtime/tls/tls_context.hpp"
#include "runtime/transport.hpp"
#include "tests/runtime/socket_test_tools.hpp"
#include "tests/runtime/test_certificate.hpp"

namespace shunt::runtime {
namespace {

namespace pki = graph::pki;

class OutgoingTlsTest : public testing::Test {
 protected:
  OutgoingTlsTest() {
    std::string const path = directory.file("server.pem");
    write_certificate(path, "server.test");
    bind.certificates.push_back({.id = store->load(path).value().front()});
    settings.authorities = store->load_authorities(path).value();
    tools.thread = 0;
  }

  void make_contexts() {
    accepting = TlsContext::make(bind, store).value();
    connecting = OutgoingTls::make(settings, *store, 1).value();
  }

  // Both ends, shaken as far as it goes.
  struct Ends {
    Transport server, client;
    HandshakeStatus status = HandshakeStatus::waiting;
  };
  Ends shake(const TlsGreeting& greeting) {
    std::array<int, 2> pair{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()), 0);
    Ends ends{.server = Transport(pair[0]), .client = Transport(pair[1])};
    ends.server.set_tls(TlsConnection::accept(*accepting, ends.server.wire(), tools));
    ends.client.set_tls(TlsConnection::connect(*connecting, greeting, ends.client.wire(), tools));
    for (int round = 0; round < 4; ++round) {
      ends.client.tls()->on_readable(false);
      if (ends.status == HandshakeStatus::waiting) ends.status = ends.client.tls()->handshake();
      ends.server.tls()->on_readable(false);
      static_cast<void>(ends.server.tls()->handshake());
    }
    return ends;
  }

  std::string read(Transport& from) {
    std::string text(100, '\0');
    from.tls()->on_readable(false);
    text.resize(from.read(text.data(), text.size()).bytes);
    return text;
  }

  TemporaryDirectory directory;
  std::shared_ptr<pki::CertificateStore> store = std::make_shared<pki::CertificateStore>();
  graph::TlsBind bind;
  graph::TlsServer settings;
  std::shared_ptr<const TlsContext> accepting;
  std::shared_ptr<const OutgoingTls> connecting;
  TlsTools tools;
};

TEST_F(OutgoingTlsTest, BytesGoBothWays) {
  make_contexts();
  Ends ends = shake({.server_name = "server.test"});
  ASSERT_EQ(ends.status, HandshakeStatus::established);
  EXPECT_EQ(ends.server.tls()->sni(), "server.test");
  EXPECT_EQ(ends.client.write("question").bytes, 8u);
  EXPECT_EQ(read(ends.server), "question");
  EXPECT_EQ(ends.server.write("answer").bytes, 6u);
  EXPECT_EQ(read(ends.client), "answer");
}

TEST_F(OutgoingTlsTest, ALineInTheClearGoesAhead) {
  make_contexts();
  std::array<int, 2> pair{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()), 0);
  Transport client(pair[1]);
  client.set_tls(TlsConnection::connect(*connecting, {.before = "PROXY\r\n"}, client.wire(), tools));
  EXPECT_EQ(client.tls()->handshake(), HandshakeStatus::waiting);
  EXPECT_TRUE(client.tls()->spoke());
  std::array<char, 8> begin{};
  ASSERT_EQ(::recv(pair[0], begin.data(), begin.size(), 0), 8);
  EXPECT_EQ(std::string_view(begin.data(), 7), "PROXY\r\n");
  EXPECT_EQ(begin[7], '\x16') << "a handshake record follows";
  ::close(pair[0]);
}

struct NameCase {
  std::string_view sent, configured, failure;
};
class ServerNames : public OutgoingTlsTest, public testing::WithParamInterface<NameCase> {};

TEST_P(ServerNames, AreExpectedInTheCertificate) {
  settings.verify = true;
  settings.verify_host = GetParam().configured;
  make_contexts();
  Ends ends = shake({.server_name = GetParam().sent});
  if (GetParam().failure.empty()) {
    EXPECT_EQ(ends.status, HandshakeStatus::established);
  } else {
    EXPECT_EQ(ends.status, HandshakeStatus::failed);
    EXPECT_EQ(ends.client.tls()->failure(), GetParam().failure);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, ServerNames,
    testing::Values(NameCase{"", "", ""}, NameCase{"server.test", "", ""},
                    NameCase{"SERVER.test", "other.test", ""}, NameCase{"", "server.test", ""},
                    NameCase{"other.test", "server.test",
                             "Server presented an SSL certificate different from the expected one"},
                    NameCase{"", "other.test",
                             "Server presented an SSL certificate different from the configured one"}));

TEST_F(OutgoingTlsTest, StrangersAreRefused) {
  settings.verify = true;
  settings.authorities = graph::none;
  make_contexts();
  Ends ends = shake({});
  EXPECT_EQ(ends.status, HandshakeStatus::failed);
  EXPECT_EQ(ends.client.tls()->failure(), "SSL handshake failure");
}

TEST_F(OutgoingTlsTest, SessionsAreResumedByNameAndThread) {
  make_contexts();
  const auto resumed = [&](std::string_view name) {
    Ends ends = shake({.server_name = name});
    EXPECT_EQ(ends.status, HandshakeStatus::established);
    static_cast<void>(read(ends.client));  // tickets
    return ends.client.tls()->resumed();
  };
  EXPECT_FALSE(resumed("a.test"));
  EXPECT_TRUE(resumed("a.test"));
  EXPECT_FALSE(resumed("b.test"));
  EXPECT_FALSE(resumed("a.test"));
  tools.thread = 1;
  EXPECT_FALSE(resumed("a.test"));
}

TEST_F(OutgoingTlsTest, ReuseCanBeSwitchedOff) {
  settings.reuse = false;
  make_contexts();
  for (int i = 0; i < 2; ++i) {
    Ends ends = shake({});
    static_cast<void>(read(ends.client));
    EXPECT_FALSE(ends.client.tls()->resumed());
  }
}

}  // namespace
}  // namespace shunt::runtime
