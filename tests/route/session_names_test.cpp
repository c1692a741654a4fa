// Rules that ask name servers: what they wait for, where the list goes on, and that no question is left
// behind.
#include <gtest/gtest.h>

#include <map>

#include "fleet.hpp"
#include "play.hpp"

namespace shunt::route {
namespace {

const std::string name_servers = "resolvers dns\n    nameserver one 127.0.0.1:53\n";

const std::string asking = name_servers + one_bind + R"(    log-format "%[var(txn.ip)] %[var(sess.n)]"
    tcp-request inspect-delay 700ms
    tcp-request content set-var(sess.n) int(0) if !{ var(sess.n) -m found }
    tcp-request content set-var(sess.n) var(sess.n),add(1)
    tcp-request content do-resolve(txn.ip,dns,ipv4) req.payload(0,0) if { req.len gt 0 }
    tcp-request content set-dst var(txn.ip) if { var(txn.ip) -m found }
    server s 0.0.0.0:9000
)";

struct NameServers final : NameAnswers {
  std::map<Ticket, std::string> open;
  Ticket last = 0;
  Ticket ask(const graph::Resolvers& resolvers, std::string_view name, fetchers::Family preferred,
             NameListener&) override {
    open[++last] =
        resolvers.name + " " + std::string(name) + (preferred == fetchers::Family::ipv4 ? " 4" : " 6");
    return last;
  }
  void forget(Ticket ticket) override { open.erase(ticket); }
};

struct Nobody final : NameListener {
  void name_answered(const fetchers::Endpoint&) override {}
};

struct Asking : testing::Test {
  Asking() {
    stage.facilities().names = &servers;
    client.session().set_name_listener(listener);
  }
  std::string answer(std::int64_t at, const fetchers::Endpoint& found) {
    servers.open.clear();
    Event event{.kind = EventKind::answer, .at = Client::time(at), .address = found};
    event.input = {.data = "app.test", .available = true};
    return client.step(event);
  }
  NameServers servers;
  Nobody listener;
  Stage stage{asking};
  Client client{stage};
};

TEST_F(Asking, WaitsAndGoesOnBehindTheRule) {
  client.play({accepted("input @700"), input(10, "app.test", "input @700")});
  ASSERT_EQ(servers.open.size(), 1u);
  EXPECT_EQ(servers.open.begin()->second, "dns app.test 4");
  client.play({input(20, "app.test more", "input @700")});
  EXPECT_EQ(servers.last, 1u) << "asked once";
  EXPECT_EQ(answer(30, endpoint("127.0.0.9", 0)), "connect s #1 @1030");
  EXPECT_EQ(fetchers::to_string(client.last().target), "127.0.0.9");
  EXPECT_EQ(client.formatted(), "127.0.0.9 2")
      << "the rules before it ran when bytes came, not when the answer did";
}

TEST_F(Asking, ANameWithoutAnAddressLeavesTheVariableAlone) {
  client.play({accepted("input @700"), input(10, "app.test", "input @700")});
  EXPECT_EQ(answer(30, {}), "connect s #1 @1030");
  EXPECT_EQ(client.formatted(), "- 2");
}

TEST_F(Asking, TheDelayEndsTheWait) {
  client.play(
      {accepted("input @700"), input(10, "app.test", "input @700"), deadline(700, "connect s #1 @1700")});
  EXPECT_TRUE(servers.open.empty()) << "forgotten";
}

TEST_F(Asking, AClientThatHasSentAllStillWaits) {
  client.play({accepted("input @700"), fin(10, "app.test", "input @700")});
  EXPECT_EQ(answer(30, endpoint("127.0.0.9", 0)), "connect s #1 @1030");
}

TEST_F(Asking, AClientThatIsGoneDoesnt) {
  client.play({accepted("input @700"), input(10, "app.test", "input @700"), reset(20, "close")});
  EXPECT_TRUE(servers.open.empty());
}

TEST_F(Asking, NoQuestionIsLeftBehind) {
  client.play({accepted("input @700"), input(10, "app.test", "input @700")});
  client.leave();
  EXPECT_TRUE(servers.open.empty());
  EXPECT_TRUE(stage.at_rest());
}

TEST(AskingNobody, FindsNothing) {
  Stage stage(asking);
  Client client(stage);
  client.play({accepted("input @700"), input(10, "app.test", "connect s #1 @1010")});
}

const std::string named = name_servers + one_bind + R"(    server s app.test:9000 resolvers dns init-addr none
)";

TEST(NamedServers, GetSessionsOnceTheyHaveAnAddress) {
  Stage stage(named);
  EXPECT_TRUE(stage.state().server(0).nameless);
  Client early(stage);
  early.play({accepted("close")});
  stage.state().server(0).address.store(endpoint("127.0.0.9", 9000));
  stage.state().server(0).lack_address(false);
  stage.state().server_changed(stage.graph(), 0);
  Client client(stage);
  client.play({accepted("connect s #1 @1000")});
  EXPECT_EQ(fetchers::to_string(client.last().target), "127.0.0.9");
  stage.state().server(0).address.store(endpoint("127.0.0.10", 9000));
  client.play({input(10, "x", "connect s #1 @1000")});
  EXPECT_EQ(fetchers::to_string(client.last().target), "127.0.0.9") << "an attempt stays where it began";
}

TEST(NamedServers, KeepTheirAddressOverAReload) {
  Stage first(named), same(named);
  first.state().server(0).address.store(endpoint("127.0.0.9", 9000));
  first.state().server(0).lack_address(false);
  State kept(same.graph(), first.state());
  kept.install();
  EXPECT_FALSE(kept.server(0).maintenance);
  EXPECT_EQ(kept.server(0).address.load(), endpoint("127.0.0.9", 9000));
  std::string text = named;
  text.replace(text.find("app.test"), 8, "new.test");
  Stage other(text);
  State changed(other.graph(), kept);
  changed.install();
  EXPECT_TRUE(changed.server(0).maintenance);
  EXPECT_EQ(changed.server(0).address.load().family, fetchers::Family::none);
}

TEST(NamedServers, StayAwayWhileOrderedAway) {
  Stage stage(named);
  ServerState& state = stage.state().server(0);
  state.order_away(true);
  state.lack_address(false);
  EXPECT_TRUE(state.maintenance);
  state.order_away(false);
  EXPECT_FALSE(state.maintenance);
  state.lack_address(true);
  state.order_away(false);
  EXPECT_TRUE(state.maintenance);
}

}  // namespace
}  // namespace shunt::route
