// What becomes of described connections: endings, waits, hops, races, doubts.
#include "analysis/simulation.hpp"

#include <gtest/gtest.h>

#include "analysis/described_client.hpp"
#include "analysis/described_connection.hpp"
#include "analysis/explanation_text.hpp"

namespace shunt::analysis {
namespace {

constexpr std::string_view head =
    "defaults\n timeout connect 5s\n timeout client 10s\n timeout server 10s\n mode tcp\n";

class World {
 public:
  explicit World(std::string_view text)
      : loaded_(
            graph::load_text("t.cfg", std::string(head) + std::string(text),
                             {.resolve_names = false, .assume_files = true, .despite_unsupported = true})) {
    for (const parser::Diagnostic& finding : loaded_->sink.all())
      if (finding.severity == parser::Severity::error && !finding.code->about_build)
        ADD_FAILURE() << finding.message;
    simulation_ = std::make_unique<Simulation>(*loaded_->graph, blind_spots(*loaded_));
  }

  Scenario scenario(const ClientDescription& client) {
    auto made = make_scenario(client, *loaded_->graph, *simulation_);
    if (!made) ADD_FAILURE() << made.assume_error().message;
    return made ? made.assume_value() : Scenario{};
  }
  Explanation explain(const ClientDescription& client) { return simulation_->explain(scenario(client)); }
  Simulation& simulation() { return *simulation_; }

  // "backend 'a', server 's' @250"
  std::string tell(const Fate& fate) {
    return summary_of(fate, {*loaded_->graph, loaded_->sources}) + " @" +
           std::to_string(fate.at.count() / 1000);
  }
  std::string fate(const ClientDescription& client) { return tell(explain(client).fate); }
  std::string text(const ClientDescription& client) {
    return text_form(explain(client), {*loaded_->graph, loaded_->sources});
  }

 private:
  std::unique_ptr<graph::Loaded> loaded_;
  std::unique_ptr<Simulation> simulation_;
};

ClientDescription says(std::string bytes, const char* segments = nullptr) {
  ClientDescription client{.bytes = std::move(bytes)};
  if (segments != nullptr) client.segments = parse_segments(segments).value();
  return client;
}
ClientDescription hello(const char* sni, const char* segments = nullptr) {
  ClientDescription client{.hello = HelloDescription{.sni = std::string(sni), .alpn = {}}};
  if (segments != nullptr) client.segments = parse_segments(segments).value();
  return client;
}

constexpr std::string_view two_ways =
    "frontend f\n bind :80\n tcp-request inspect-delay 5s\n"
    " tcp-request content accept if { req.ssl_hello_type 1 }\n"
    " tcp-request content accept if { req.len gt 5 }\n"
    " use_backend tls if { req.ssl_sni -i a.example }\n default_backend plain\n"
    "backend tls\n server t 192.0.2.1:1\n"
    "backend plain\n server p 192.0.2.2:1\n server q 192.0.2.2:2\n";

TEST(Simulation, DecidesWhenTheBytesAreThereAndNotBefore) {
  World world(two_ways);
  EXPECT_EQ(world.fate(hello("A.example")), "backend 'tls', server 't' @0");
  EXPECT_EQ(world.fate(hello("A.example", "20@10ms,rest@300ms")), "backend 'tls', server 't' @300");
  EXPECT_EQ(world.fate(hello("b.example")), "backend 'plain', one of the servers 'p', 'q' @0");
  EXPECT_EQ(world.fate(says("123456")), "backend 'plain', one of the servers 'p', 'q' @0");
  EXPECT_EQ(world.fate(says("123456", "5@0ms,1@70ms")), "backend 'plain', one of the servers 'p', 'q' @70");
  EXPECT_EQ(world.fate({.silent = true}), "backend 'plain', one of the servers 'p', 'q' @5000");
  EXPECT_EQ(world.fate(says("123")), "backend 'plain', one of the servers 'p', 'q' @5000");
}

TEST(Simulation, AnEndOfInputEndsTheWait) {
  World world(two_ways);
  ClientDescription client = says("123");
  client.ends = Offset(200'000);
  EXPECT_EQ(world.fate(client), "backend 'plain', one of the servers 'p', 'q' @200");
}

TEST(Simulation, NothingOfOneRunIsLeftForTheNext) {
  World world(two_ways);
  const Scenario one = world.scenario(hello("a.example")), other = world.scenario({.silent = true});
  const std::string first = world.tell(world.simulation().fate(one));
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(world.tell(world.simulation().fate(one)), first);
    EXPECT_EQ(world.simulation().fate(other).at, Offset(5'000'000));
  }
}

TEST(Simulation, ServersThatAreDownAreNoCandidates) {
  World world(two_ways);
  ClientDescription client = says("123456");
  client.down = {"plain/p"};
  EXPECT_EQ(world.fate(client), "backend 'plain', server 'q' @0");
  client.down = {"plain/p", "plain/q"};
  EXPECT_EQ(world.fate(client), "closed: the backend has no usable server (backend 'plain') @0");
  EXPECT_EQ(world.fate(says("123456")), "backend 'plain', one of the servers 'p', 'q' @0");
}

TEST(Simulation, ARaceIsNamedWithBothOutcomes) {
  World world(
      "frontend f\n bind :80\n use_backend tls if { req.ssl_hello_type 1 }\n default_backend plain\n"
      "backend tls\n server t 192.0.2.1:1\nbackend plain\n server p 192.0.2.2:1\n");
  const Explanation race = world.explain(hello("x"));
  ASSERT_EQ(race.alternatives.size(), 2u);
  EXPECT_EQ(world.tell(race.alternatives[0].fate), "backend 'tls', server 't' @0");
  EXPECT_EQ(world.tell(race.alternatives[1].fate), "backend 'plain', server 'p' @0");
  EXPECT_TRUE(world.explain(hello("x", "rest@20ms")).alternatives.empty());
  EXPECT_EQ(world.fate(hello("x", "rest@20ms")), "backend 'plain', server 'p' @0");
  EXPECT_TRUE(world.explain({.silent = true}).alternatives.empty());
}

TEST(Simulation, HopsPassTheClientOnInTheHeader) {
  World world(
      "frontend f\n bind :80\n default_backend in\n"
      "backend in\n server h abns@x send-proxy-v2\n"
      "frontend inner\n bind abns@x accept-proxy\n"
      " tcp-request connection reject if { src 10.0.0.0/8 }\n"
      " tcp-request session reject if { src 198.51.100.0/24 }\n default_backend b\n"
      "backend b\n server s 192.0.2.1:1 send-proxy\n");
  ClientDescription client{.from = parse_endpoint("198.51.100.7:1").value(), .silent = true};
  EXPECT_EQ(world.fate(client), "rejected by the rule at t.cfg:14 (Success) @0");
  client.from = parse_endpoint("203.0.113.1:77").value();
  const Fate fate = world.explain(client).fate;
  ASSERT_EQ(fate.visits.size(), 2u);
  EXPECT_EQ(fate.visits[1].proxy_header, "PROXY TCP4 203.0.113.1 192.0.2.1 77 80\r\n");
}

TEST(Simulation, TlsIsTerminatedAndWhatIsInsideGoesOn) {
  World world(
      "frontend f\n bind :443 ssl crt none.pem alpn h2,http/1.1\n tcp-request inspect-delay 5s\n"
      " tcp-request content accept if { req.len gt 0 }\n"
      " use_backend two if { ssl_fc_alpn h2 } { ssl_fc_sni a.example }\n default_backend one\n"
      "backend one\n server s 192.0.2.1:1\nbackend two\n server s 192.0.2.1:2\n");
  ClientDescription client = hello("A.example");
  EXPECT_EQ(world.fate(client), "backend 'one', server 's' @5000");
  client.hello->alpn = {"h2"};
  client.inside = "PRI";
  EXPECT_EQ(world.fate(client), "backend 'two', server 's' @0");
  client.hello->versions = {0x302};
  EXPECT_EQ(world.fate(client),
            "closed: no TLS handshake (SSL handshake failure: no version of TLS that both sides speak) @0");
  EXPECT_EQ(world.fate(says("GET /\r\n")),
            "closed: no TLS handshake (SSL handshake failure: no ClientHello) @0");
  EXPECT_EQ(world.fate({.silent = true}), "closed: no TLS handshake (Timeout during SSL handshake) @10000");
}

TEST(Simulation, PassThroughTlsReachesAnInnerBindWhole) {
  World world(
      "frontend f\n bind :443\n tcp-request inspect-delay 5s\n tcp-request content accept if { "
      "req.ssl_hello_type 1 }\n"
      " default_backend in\nbackend in\n server h abns@x send-proxy-v2\n"
      "frontend inner\n bind abns@x accept-proxy ssl crt none.pem\n use_backend b if { ssl_fc_sni a.example "
      "}\n"
      "backend b\n server s 192.0.2.1:1\n");
  EXPECT_EQ(world.fate(hello("a.example", "100@5ms,rest@30ms")), "backend 'b', server 's' @30");
  EXPECT_EQ(world.fate(hello("b.example")), "closed: no backend is named @0");
}

TEST(Simulation, LoopsEnd) {
  World world("frontend f\n bind 127.0.0.1:80\n default_backend b\nbackend b\n server s 127.0.0.1:80\n");
  EXPECT_EQ(world.explain({.silent = true}).fate.ending, Ending::loops);
}

TEST(Simulation, AHeaderHasToComeWhole) {
  World world("frontend f\n bind :80 accept-proxy\n default_backend b\nbackend b\n server s 192.0.2.1:1\n");
  ClientDescription client = says("x");
  EXPECT_EQ(world.explain(client).fate.ending, Ending::bad_header);
  client.header = parse_header("v2:10.0.0.1:5").value();
  EXPECT_EQ(world.fate(client), "backend 'b', server 's' @0");
  client.segments = parse_segments("5@0ms,rest@10ms").value();
  EXPECT_EQ(world.explain(client).fate.ending, Ending::bad_header);
  EXPECT_EQ(world.fate({.silent = true}),
            "closed: no usable PROXY header (Timeout while waiting for PROXY protocol header) @10000");
}

TEST(Simulation, HttpFrontendsAreFollowedAsFarAsTcpDecides) {
  World world(
      "frontend f\n mode http\n bind :80\n tcp-request connection reject if { src 10.0.0.0/8 }\n"
      " use_backend b if { src 127.0.0.1 }\nbackend b\n mode http\n server s 192.0.2.1:1\n");
  ClientDescription client{.silent = true};
  EXPECT_EQ(world.explain(client).fate.ending, Ending::http);
  client.from = parse_endpoint("10.1.1.1:5").value();
  EXPECT_EQ(world.explain(client).fate.ending, Ending::rejected);
}

TEST(Simulation, WhatThisBuildCantEvaluateIsADoubt) {
  World world(
      "frontend f\n bind :80\n tcp-request content reject if { fs.debug_str -m found }\n default_backend b\n"
      "backend b\n server s 192.0.2.1:1\n");
  const Fate fate = world.explain({.silent = true}).fate;
  EXPECT_EQ(fate.ending, Ending::served);
  ASSERT_EQ(fate.doubts.size(), 1u);
}

TEST(Simulation, TablesAreEmptyForTheFirstConnection) {
  World world(
      "frontend f\n bind :80\n tcp-request connection track-sc0 src table b\n"
      " tcp-request connection reject if { sc0_conn_cnt gt 1 }\n"
      " tcp-request content reject if { src_conn_cnt(b) eq 1 } { dst_port 81 }\n default_backend b\n"
      "backend b\n stick-table type ip size 1k store conn_cnt\n stick on src\n server s 192.0.2.1:1\n");
  EXPECT_EQ(world.explain({.silent = true}).fate.ending, Ending::served);
  EXPECT_EQ(world.explain({.silent = true}).fate.ending, Ending::served);
}

TEST(Simulation, ChoicesThatOthersDontInfluenceAreCertain) {
  World world(
      "frontend f\n bind :80\n bind :81\n use_backend source if { dst_port 81 }\n default_backend first\n"
      "backend first\n balance first\n server a 192.0.2.1:1\n server b 192.0.2.1:2\n"
      "backend source\n balance source\n server a 192.0.2.1:1\n server b 192.0.2.1:2\n"
      " use-server b if { src 10.0.0.0/8 }\n");
  EXPECT_EQ(world.fate({.to = ":80", .silent = true}), "backend 'first', server 'a' @0");
  const Explanation hashed = world.explain({.to = ":81", .silent = true});
  EXPECT_EQ(hashed.fate.visits[0].selection, Selection::hashed);
  EXPECT_EQ(hashed.fate.visits[0].candidates.size(), 1u);
  const ClientDescription named{.to = ":81", .from = parse_endpoint("10.1.1.1:5").value(), .silent = true};
  EXPECT_EQ(world.explain(named).fate.visits[0].selection, Selection::named);
  EXPECT_EQ(world.fate(named), "backend 'source', server 'b' @0");
}

TEST(Simulation, ValuesCarryTheBytesThatTheyNeeded) {
  World world(two_ways);
  const Explanation seen = world.explain(says("123456", "5@0ms,1@70ms"));
  const auto last = std::find_if(seen.timeline.rbegin(), seen.timeline.rend(), [](const Moment& moment) {
    return moment.kind == MomentKind::rules && moment.list == ListKind::content;
  });
  ASSERT_NE(last, seen.timeline.rend());
  ASSERT_EQ(last->rules.size(), 2u);
  ASSERT_EQ(last->rules[1].tests.size(), 1u);
  EXPECT_EQ(last->rules[1].tests[0].value, "6");
  EXPECT_EQ(last->rules[1].tests[0].truth, acl::Truth::yes);
  EXPECT_EQ(last->rules[1].tests[0].needed, 6u);
}

// A hello cut anywhere comes to the same, and never before its last needed byte.
TEST(Simulation, EveryCutOfAHelloComesToTheSame) {
  World world(two_ways);
  Scenario scenario = world.scenario(hello("a.example"));
  const std::string all = scenario.pieces[0].bytes;
  scenario.pieces.resize(2);
  for (std::size_t at = 1; at < all.size(); ++at) {
    scenario.pieces[0] = {Offset(0), all.substr(0, at)};
    scenario.pieces[1] = {Offset(9'000), all.substr(at)};
    const Fate fate = world.simulation().fate(scenario);
    EXPECT_EQ(fate.backend(), 1u) << at;
    EXPECT_TRUE(fate.at == Offset(0) || fate.at == Offset(9'000)) << at;
  }
}

}  // namespace
}  // namespace shunt::analysis
