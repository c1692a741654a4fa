// From accept to the stream: connection rules, PROXY header, TLS handshake, session rules, and what they see.
#include <gtest/gtest.h>

#include <fstream>

#include "fetchers/tls_view.hpp"
#include "fetchers/wire/proxy_header.hpp"
#include "fleet.hpp"
#include "play.hpp"

namespace shunt::route {
namespace {

std::string frontend(const std::string& bind, const std::string& lines = "") {
  return R"(
defaults
    mode tcp
    timeout connect 1s
    timeout client 700ms
    timeout server 5s
frontend fe
    bind 127.0.0.1:8000 )" +
         bind + "\n" + lines + R"(
    default_backend be
backend be
    server s 127.0.0.1:9000
)";
}

Event proxied(const fetchers::wire::ProxyHeader& header, std::int64_t at, std::string_view rest = {}) {
  return {.kind = EventKind::proxy_header,
          .at = Client::time(at),
          .input = {.data = rest, .available = true},
          .header = &header};
}

TEST(ConnectionRules, RejectWithoutALogLine) {
  Stage stage(frontend("", "    tcp-request connection reject if { src 127.0.0.1 }\n"));
  Client client(stage), other(stage, "10.0.0.1");
  client.play({accepted("close reset", "abc")});
  EXPECT_EQ(client.log(), "");
  other.play({accepted("connect s #1 @1000")});
  client.leave();
  other.leave();
  EXPECT_TRUE(stage.at_rest());
}

TEST(ConnectionRules, StopAtAccept) {
  Stage stage(frontend(
      "", "    tcp-request connection accept if { src 127.0.0.1 }\n    tcp-request connection reject\n"));
  Client client(stage), other(stage, "10.0.0.1");
  client.play({accepted("connect s #1 @1000")});
  other.play({accepted("close reset")});
}

TEST(SessionRules, RejectWithoutALogLine) {
  Stage stage(frontend("", "    tcp-request session reject if { src_port 40000 }\n"));
  Client client(stage);
  client.play({accepted("close", "abc")});
  EXPECT_EQ(client.log(), "");
}

// Only the connection rule closes with RST, wherever else there are some.
TEST(SessionRules, RejectWithoutResetBesideConnectionRules) {
  Stage stage(frontend("",
                       "    tcp-request connection reject if { src 10.0.0.1 }\n"
                       "    tcp-request session reject\n"));
  Client client(stage), other(stage, "10.0.0.1");
  client.play({accepted("close")});
  other.play({accepted("close reset")});
}

// Vector 6a: the connection rule sees the peer, session and content rules the announced client.
TEST(ProxyHeader, ReplacesTheAddressesForLaterRules) {
  Stage stage(frontend("accept-proxy", R"(
    log-format "%[var(sess.first)] %[var(sess.second)] %[var(txn.third)] %[var(txn.to)] %[fc_rcvd_proxy]"
    tcp-request connection set-var(sess.first) src
    tcp-request session set-var(sess.second) src
    tcp-request content set-var(txn.third) src
    tcp-request content set-var(txn.to) dst_port
)"));
  Client client(stage);
  client.play({accepted("proxy_header @700")});
  const fetchers::wire::ProxyHeader header{.source = endpoint("10.8.8.8", 1234),
                                           .destination = endpoint("10.9.9.9", 4321),
                                           .tlvs = "\x04\x00\x00"};
  EXPECT_EQ(client.step(proxied(header, 400)), "connect s #1 @1400");
  EXPECT_EQ(client.formatted(), "127.0.0.1 10.8.8.8 10.8.8.8 4321 1");
  EXPECT_EQ(client.session().source(), endpoint("10.8.8.8", 1234));
  EXPECT_TRUE(client.session().received_proxy_header());
}

TEST(ProxyHeader, LocalKeepsTheRealAddresses) {
  Stage stage(frontend("accept-proxy"));
  Client client(stage);
  client.play({accepted("proxy_header @700")});
  EXPECT_EQ(client.step(proxied({.local = true}, 1)), "connect s #1 @1001");
  EXPECT_EQ(client.session().source(), endpoint("127.0.0.1", 40000));
  EXPECT_TRUE(client.session().received_proxy_header());
}

TEST(ProxyHeader, KeepsItsTlvs) {
  Stage stage(frontend("accept-proxy"));
  Client client(stage);
  client.play({accepted("proxy_header @700")});
  {
    const std::string tlvs("\x02\x00\x01x", 4);
    EXPECT_EQ(
        client.step(proxied({.source = endpoint("::1"), .destination = endpoint("::1"), .tlvs = tlvs}, 1)),
        "connect s #1 @1001");
  }
  EXPECT_EQ(client.session().proxy_tlvs(), std::string_view("\x02\x00\x01x", 4));
}

// The client's timeout begins anew with the stream.
TEST(ProxyHeader, TheStreamHasItsOwnTimeout) {
  Stage stage(
      frontend("accept-proxy",
               "    tcp-request inspect-delay 3s\n    tcp-request content accept if { req.len gt 3 }\n"));
  Client client(stage);
  client.play({accepted("proxy_header @700")});
  EXPECT_EQ(client.step(proxied({.source = endpoint("10.8.8.8", 1234)}, 400)), "input @1100");
  client.play({deadline(1100, "close")});
  EXPECT_EQ(client.log(), "fe be/<NOSRV> -1/-1/1100 0 cR 1/1/0/0/0 0/0");
}

struct ErrorCase {
  EventKind kind;
  std::string text, log, log_with_dontlognull;
};
class ProxyError : public testing::TestWithParam<ErrorCase> {};

TEST_P(ProxyError, IsAnErrorLine) {
  for (const bool null : {false, true}) {
    Stage stage(frontend("accept-proxy", null ? "    option dontlognull\n" : ""));
    Client client(stage);
    client.play({accepted("proxy_header @700")});
    EXPECT_EQ(client.step({.kind = GetParam().kind, .at = Client::time(700), .text = GetParam().text}),
              "close");
    EXPECT_EQ(client.log(), null ? GetParam().log_with_dontlognull : GetParam().log);
  }
}

const std::string truncated = "Truncated PROXY protocol header received";
INSTANTIATE_TEST_SUITE_P(
    Measured, ProxyError,
    testing::Values(
        ErrorCase{EventKind::proxy_header_failed, truncated, truncated, truncated},
        ErrorCase{EventKind::proxy_header_failed, "Connection closed while waiting for PROXY protocol header",
                  "Connection closed while waiting for PROXY protocol header", ""},
        ErrorCase{EventKind::client_reset, "", "Connection error while waiting for PROXY protocol header",
                  ""},
        ErrorCase{EventKind::deadline, "", "Timeout while waiting for PROXY protocol header", ""}));

// A listener that terminates TLS, without certificates: the machine does not look at them.
struct TlsStage {
  explicit TlsStage(bool dontlognull, bool accept_proxy) {
    graph::Proxy& proxy = graph.proxies.emplace_back();
    proxy.name = "fe";
    proxy.is_frontend = true;
    proxy.timeouts.client = graph::Milliseconds(700);
    proxy.options.dontlognull = dontlognull;
    graph::Listener& listener = graph.listeners.emplace_back();
    listener.tls.emplace();
    listener.accept_proxy = accept_proxy;
    state = std::make_unique<State>(graph);
    facilities = {.graph = &graph, .state = state.get(), .scratch = &scratch};
  }
  graph::Graph graph = empty_graph();
  std::unique_ptr<State> state;
  fetchers::Scratch scratch;
  Facilities facilities;
};

struct TlsErrorCase {
  EventKind kind;
  std::string text, log;
  bool logged_with_dontlognull;
};
class TlsError : public testing::TestWithParam<TlsErrorCase> {};

TEST_P(TlsError, IsAnErrorLine) {
  for (const bool null : {false, true}) {
    TlsStage stage(null, false);
    Session session(stage.facilities, 0, {}, {}, {});
    EXPECT_EQ(session.step({.at = Client::time(0)}).kind, Step::Kind::handshake_tls);
    EXPECT_EQ(session.step({.kind = GetParam().kind, .at = Client::time(5), .text = GetParam().text}).kind,
              Step::Kind::close);
    EXPECT_EQ(session.error_text(), GetParam().log);
    EXPECT_EQ(session.log_kind(),
              !null || GetParam().logged_with_dontlognull ? LogKind::error : LogKind::nothing);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Measured, TlsError,
    testing::Values(TlsErrorCase{EventKind::tls_failed, "SSL handshake failure", "SSL handshake failure",
                                 true},
                    TlsErrorCase{EventKind::client_reset, "", "SSL handshake failure", true},
                    TlsErrorCase{EventKind::tls_failed, "Connection closed during SSL handshake",
                                 "Connection closed during SSL handshake", false},
                    TlsErrorCase{EventKind::deadline, "", "Timeout during SSL handshake", false}));

// Header and handshake share one limit; the handshake time is that of both.
TEST(TlsHandshake, HasTheRestOfTheTimeout) {
  TlsStage stage(false, true);
  Session session(stage.facilities, 0, {}, {}, {});
  EXPECT_EQ(session.step({.at = Client::time(0)}).deadline, Client::time(700));
  const fetchers::wire::ProxyHeader header{.source = endpoint("10.8.8.8", 1234)};
  const Step handshake = session.step(proxied(header, 400));
  EXPECT_EQ(handshake.kind, Step::Kind::handshake_tls);
  EXPECT_EQ(handshake.deadline, Client::time(700));
  const fetchers::TlsView tls;
  EXPECT_EQ(session.step({.kind = EventKind::tls_established, .at = Client::time(450), .tls = &tls}).kind,
            Step::Kind::close);
  fetchers::LogRecord record;
  session.fill(record, Client::time(450));
  EXPECT_EQ(record.handshake_ms, 450);
  EXPECT_TRUE(record.frontend_tls);
  EXPECT_EQ(record.server_name, "<NOSRV>");
}

TEST(SendProxy, TellsTheAnnouncedAddresses) {
  Stage stage(R"(
listen l
    mode tcp
    timeout connect 1s
    timeout client 1s
    timeout server 1s
    bind 127.0.0.1:8000
    use_backend v2 if { src 10.0.0.2 }
    use_backend none if { src 10.0.0.3 }
    server s 127.0.0.1:9000 send-proxy
backend v2
    mode tcp
    timeout connect 1s
    timeout server 1s
    server t 127.0.0.1:9000 send-proxy-v2
backend none
    mode tcp
    timeout connect 1s
    timeout server 1s
    server u 127.0.0.1:9000
)");
  Client v1(stage, "10.0.0.1"), v2(stage, "10.0.0.2"), none(stage, "10.0.0.3");
  EXPECT_EQ(v1.session().proxy_header_to_send({}), "");
  v1.play({accepted("connect s #1 @1000")});
  v2.play({accepted("connect t #1 @1000")});
  none.play({accepted("connect u #1 @1000")});
  EXPECT_EQ(v1.session().proxy_header_to_send({}), "PROXY TCP4 10.0.0.1 127.0.0.1 40000 8000\r\n");
  EXPECT_EQ(v2.session().proxy_header_to_send({}).substr(0, 14),
            std::string_view("\r\n\r\n\0\r\nQUIT\n\x21\x11", 14));
  EXPECT_EQ(none.session().proxy_header_to_send({}), "");
}

constexpr std::string_view own_values = R"(
listen own
    mode tcp
    timeout connect 1s
    timeout client 1s
    timeout server 1s
    bind 127.0.0.1:8000
    server s 127.0.0.1:9000 send-proxy-v2 )";

TEST(ProxyHeader, OwnValuesSeeWhatTheClientHasSent) {
  Stage stage(std::string(own_values) + "set-proxy-v2-tlv-fmt(0xE0) %[req.payload(0,5)]\n");
  Client client(stage, "10.0.0.1");
  client.play({accepted("connect s #1 @1000")});
  const std::string header = client.session().proxy_header_to_send("hello, server");
  ASSERT_EQ(header.size(), 16u + 12 + 8);
  EXPECT_EQ(header.substr(28), std::string_view("\xE0\0\5hello", 8));
}

// The length of the header has 16 bits: values that don't fit are left out, and it stays true.
TEST(ProxyHeader, NeverSaysASizeThatItHasNot) {
  std::string line(own_values);
  for (int i = 0; i < 5; ++i) line += " set-proxy-v2-tlv-fmt(0xE0) %[req.payload(0,15000)]";
  Stage stage(line + " proxy-v2-options crc32c\n");
  Client client(stage, "10.0.0.1");
  client.play({accepted("connect s #1 @1000")});
  const std::string header = client.session().proxy_header_to_send(std::string(15000, 'x'));
  const auto byte = [&](std::size_t at) {
    return static_cast<std::size_t>(static_cast<std::uint8_t>(header[at]));
  };
  EXPECT_EQ(byte(14) * 256 + byte(15), header.size() - 16);
  EXPECT_EQ(header.size(), 16u + 12 + 7 + 4 * (3 + 15000));
  EXPECT_TRUE(fetchers::wire::read_proxy_header(header));
}

}  // namespace
}  // namespace shunt::route
