// Sessions and stick tables: what is tracked and counted, who sticks to which server, what a reload keeps.
#include <gtest/gtest.h>

#include "fleet.hpp"
#include "play.hpp"
#include "route/stick_table.hpp"
#include "route/table_clock.hpp"

namespace shunt::route {
namespace {

using fetchers::TableData;

std::string with_table(const std::string& table, const std::string& rules) {
  return "defaults\n mode tcp\n timeout connect 1s\n timeout client 5s\n timeout server 5s\n"
         "frontend fe\n bind 127.0.0.1:8000\n" +
         rules + " default_backend b\nbackend t\n stick-table " + table +
         "\nbackend b\n balance roundrobin\n server s1 127.0.0.1:9001\n server s2 127.0.0.1:9002\n";
}

const std::string source("\x7f\0\0\1", 4);

std::uint64_t value(Stage& stage, TableData data, std::int64_t at, const std::string& key = source) {
  StickTable::Access entry = stage.state().table(0).find(key, table_time(Client::time(at)));
  return entry ? entry.read(data) : 9999;
}

TEST(Tracking, CountsConnectionsSessionsAndBytes) {
  Stage stage(
      with_table("type ip size 10 expire 1m store conn_cnt,conn_cur,sess_cnt,bytes_in_cnt,bytes_out_cnt",
                 " tcp-request connection track-sc0 src table t\n"));
  Client client(stage);
  client.play({accepted("connect s1 #1 @1000"), connected(3)});
  EXPECT_EQ(value(stage, TableData::conn_cur, 5), 1u);
  EXPECT_EQ(value(stage, TableData::sess_cnt, 5), 1u);
  client.sent_to_server(7);
  client.sent_to_client(11);
  client.finish(EndCause::done, 10);
  EXPECT_EQ(value(stage, TableData::bytes_in_cnt, 10), 7u);
  EXPECT_EQ(value(stage, TableData::bytes_out_cnt, 10), 11u);
  EXPECT_EQ(value(stage, TableData::conn_cur, 10), 1u);
  client.leave();
  EXPECT_EQ(value(stage, TableData::conn_cur, 10), 0u);
  EXPECT_EQ(value(stage, TableData::conn_cnt, 10), 1u);
  EXPECT_TRUE(stage.at_rest());
}

TEST(Tracking, ContentRulesCountNoSession) {
  Stage stage(
      with_table("type ip size 10 store conn_cnt,sess_cnt", " tcp-request content track-sc2 src table t\n"));
  Client client(stage);
  client.play({accepted("connect s1 #1 @1000")});
  EXPECT_EQ(value(stage, TableData::conn_cnt, 0), 1u);
  EXPECT_EQ(value(stage, TableData::sess_cnt, 0), 0u);
}

TEST(Tracking, ARateRejects) {
  Stage stage(with_table("type ip size 10 store conn_rate(10s)",
                         " tcp-request connection track-sc0 src table t\n"
                         " tcp-request connection reject if { sc0_conn_rate gt 2 }\n"));
  for (int i = 0; i < 5; ++i) {
    Client client(stage);
    client.play({accepted(i < 2 ? (i == 0 ? "connect s1 #1 @1000" : "connect s2 #1 @1000") : "close reset")});
  }
}

// The key is waited for; the rules before it are not run again.
TEST(Tracking, WaitsForItsKeyWhereItIs) {
  Stage stage(with_table("type string len 8 size 10 store conn_cnt,gpc0",
                         " tcp-request inspect-delay 2s\n tcp-request content track-sc0 src table t\n"
                         " tcp-request content sc-inc-gpc0(0)\n"
                         " tcp-request content track-sc1 req.payload(0,5) table t\n"));
  Client client(stage);
  client.play({accepted("input @2000"), input(100, "abc", "input @2000"),
               input(200, "abcdefg", "connect s1 #1 @1200")});
  EXPECT_EQ(value(stage, TableData::conn_cnt, 200, "abcde"), 1u);
  EXPECT_EQ(value(stage, TableData::gpc0, 200, "127.0.0."), 1u);
}

TEST(Tracking, AKeyThatNeverComesIsNotTracked) {
  Stage stage(with_table("type string len 8 size 10",
                         " tcp-request inspect-delay 2s\n"
                         " tcp-request content track-sc1 req.payload(0,5) table t\n"));
  Client client(stage);
  client.play({accepted("input @2000"), deadline(2000, "connect s1 #1 @3000")});
  EXPECT_EQ(stage.state().table(0).used(0), 0u);
}

TEST(Tracking, TheFirstKeyOfACounterCounts) {
  Stage stage(with_table("type ip size 10 store conn_cnt",
                         " tcp-request connection track-sc0 src table t\n"
                         " tcp-request connection track-sc0 str(1.2.3.4) table t\n"));
  Client client(stage);
  client.play({accepted("connect s1 #1 @1000")});
  EXPECT_EQ(stage.state().table(0).used(0), 1u);
}

std::string sticky(const std::string& rules) {
  return "defaults\n mode tcp\n timeout connect 1s\n timeout client 5s\n timeout server 5s\n"
         "listen l\n bind 127.0.0.1:8000\n balance roundrobin\n stick-table type ip size 10 expire 1m\n" +
         rules +
         " server s1 127.0.0.1:9001\n server s2 127.0.0.1:9002\n server s3 127.0.0.1:9003 non-stick\n";
}
// Which server a client is sent to; it is connected unless `fails`.
std::string sent_to(Stage& stage, const std::string& from, bool fails = false) {
  Client client(stage, from);
  const Event begin{.kind = EventKind::accepted, .at = Client::time(0)};
  const std::string step = client.step(begin);
  const Event next{.kind = fails ? EventKind::client_reset : EventKind::connected, .at = Client::time(1)};
  static_cast<void>(client.step(next));
  client.finish(EndCause::done, 2);
  return step.substr(0, step.find(" #"));
}

TEST(Sticking, AClientComesBackToItsServer) {
  Stage stage(sticky(" stick on src\n"));
  EXPECT_EQ(sent_to(stage, "127.0.0.1"), "connect s1");
  EXPECT_EQ(sent_to(stage, "127.0.0.2"), "connect s2");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(sent_to(stage, "127.0.0.1"), "connect s1");
    EXPECT_EQ(sent_to(stage, "127.0.0.2"), "connect s2");
  }
  stage.maintenance("s1", true);
  EXPECT_NE(sent_to(stage, "127.0.0.1"), "connect s1");
}

TEST(Sticking, NothingIsLearnedBeforeTheConnectionStands) {
  Stage stage(sticky(" stick on src\n"));
  EXPECT_EQ(sent_to(stage, "127.0.0.1", true), "connect s1");
  EXPECT_EQ(stage.state().table(0).used(table_time(Client::time(3))), 0u);
}

TEST(Sticking, AServerMayBeLeftOut) {
  Stage stage(sticky(" stick store-request src\n"));
  EXPECT_EQ(sent_to(stage, "127.0.0.1"), "connect s1");
  EXPECT_EQ(sent_to(stage, "127.0.0.2"), "connect s2");
  EXPECT_EQ(sent_to(stage, "127.0.0.3"), "connect s3");
  EXPECT_EQ(stage.state().table(0).used(table_time(Client::time(3))), 2u);
}

TEST(Sticking, AServerMayBeKnownByWhereItIsNow) {
  Stage stage(
      "resolvers dns\n nameserver one 127.0.0.1:53\ndefaults\n mode tcp\n timeout connect 1s\n"
      " timeout client 5s\n timeout server 5s\nlisten l\n bind 127.0.0.1:8000\n balance roundrobin\n"
      " stick-table type ip size 10 expire 1m srvkey addr\n stick on src\n"
      " server s1 app.test:9001 resolvers dns init-addr none\n");
  const auto key = [&] {
    StickTable& table = stage.state().table(0);
    StickTable::Access entry = table.find(source, table_time(Client::time(3)));
    return table.names().name(static_cast<std::uint32_t>(entry.read(TableData::server_key)));
  };
  for (const std::string address : {"127.0.0.9", "127.0.0.10"}) {
    stage.state().server(0).address.store(endpoint(address, 9001));
    stage.state().server(0).lack_address(false);
    stage.state().server_changed(stage.graph(), 0);
    EXPECT_EQ(sent_to(stage, "127.0.0.1"), "connect s1");
    EXPECT_EQ(key(), address + ":9001");
  }
}

TEST(Tables, AReloadKeepsWhatCanBeRead) {
  Stage before(
      with_table("type ip size 10 store conn_cnt", " tcp-request connection track-sc0 src table t\n"));
  {
    Client client(before);
    client.play({accepted("connect s1 #1 @1000")});
  }
  Stage same(with_table("type ip size 20 expire 1h store conn_cnt", ""));
  State kept(same.graph(), before.state());
  kept.install();
  EXPECT_EQ(kept.table(0).used(table_time(Client::time(0))), 1u);
  EXPECT_EQ(kept.table(0).size(), 20u);
  Stage other(with_table("type ip size 10 store conn_cnt,gpc0", ""));
  State fresh(other.graph(), before.state());
  fresh.install();
  EXPECT_EQ(fresh.table(0).used(table_time(Client::time(0))), 0u);
}

}  // namespace
}  // namespace shunt::route
