// From the chosen backend to a connected server: attempts, pauses, redispatch, clients that leave meanwhile.
#include <gtest/gtest.h>

#include "play.hpp"

namespace shunt::route {
namespace {

std::string listen(const std::string& lines, const std::string& servers = "    server s1 127.0.0.1:9001\n") {
  return R"(
defaults
    mode tcp
    timeout connect 1s
    timeout client 9s
    timeout server 5s
listen l
    bind 127.0.0.1:8000
)" + lines +
         servers;
}
const std::string two = "    server s1 127.0.0.1:9001\n    server s2 127.0.0.1:9002\n";
const std::string three = two + "    server s3 127.0.0.1:9003\n";

struct Case {
  std::string name, config;
  std::vector<Move> moves;
  std::string log;
};
class Connect : public testing::TestWithParam<Case> {};

TEST_P(Connect, FollowsTheMeasuredScript) {
  Stage stage(GetParam().config);
  Client client(stage);
  client.play(GetParam().moves);
  if (client.last().kind == Step::Kind::relay) client.finish(EndCause::done, GetParam().moves.back().at);
  EXPECT_EQ(client.log(), GetParam().log);
  client.leave();
  EXPECT_TRUE(stage.at_rest());
}

std::string name_of(const testing::TestParamInfo<Case>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(
    Vector4d, Connect,
    testing::Values(
        Case{"refused",
             listen(""),
             {accepted("connect s1 #1 @1000"), refused(0, "retry @1000"),
              deadline(1000, "connect s1 #2 @2000"), refused(1000, "retry @2000"),
              deadline(2000, "connect s1 #3 @3000"), refused(2000, "retry @3000"),
              deadline(3000, "connect s1 #4 @4000"), refused(3000, "close")},
             "l l/s1 1/-1/3000 0 SC 1/1/0/0/3 0/0"},
        Case{"refused_with_short_pauses",
             listen("    timeout connect 200ms\n"),
             {accepted("connect s1 #1 @200"), refused(0, "retry @200"), deadline(200, "connect s1 #2 @400"),
              refused(200, "retry @400"), deadline(400, "connect s1 #3 @600"), refused(400, "retry @600"),
              deadline(600, "connect s1 #4 @800"), refused(606, "close")},
             "l l/s1 1/-1/606 0 SC 1/1/0/0/3 0/0"},
        Case{"unanswered",
             listen("    timeout connect 300ms\n    retries 2\n"),
             {accepted("connect s1 #1 @300"), deadline(300, "connect s1 #2 @600"),
              deadline(600, "connect s1 #3 @900"), deadline(900, "close")},
             "l l/s1 1/-1/900 0 sC 1/1/0/0/2 0/0"},
        Case{"to_the_other_server",
             listen("    balance roundrobin\n    option redispatch\n", two),
             {accepted("connect s1 #1 @1000"), refused(0, "connect s2 #2 @1000"), connected(0)},
             "l l/s2 1/0/0 0 -- 1/1/0/0/+1 0/0"},
        Case{"hash_stays_until_the_last_retry",
             listen("    balance source\n    option redispatch\n", two),
             {accepted("connect s2 #1 @1000"), refused(0, "retry @1000"),
              deadline(1000, "connect s2 #2 @2000"), refused(1000, "retry @2000"),
              deadline(2000, "connect s2 #3 @3000"), refused(2002, "connect s2 #4 @3002"),
              refused(2002, "close")},
             "l l/s2 2003/-1/2002 0 SC 1/1/0/0/3 0/0"},
        Case{"round_robin_stays_without_redispatch",
             listen("    balance roundrobin\n", two),
             {accepted("connect s1 #1 @1000"), refused(0, "retry @1000"),
              deadline(1000, "connect s1 #2 @2000"), refused(1000, "retry @2000"),
              deadline(2000, "connect s1 #3 @3000"), refused(2000, "retry @3000"),
              deadline(3000, "connect s1 #4 @4000"), refused(3000, "close")},
             "l l/s1 1/-1/3000 0 SC 1/1/0/0/3 0/0"},
        Case{"leastconn_tries_all",
             listen("    balance leastconn\n    option redispatch\n    retries 4\n", three),
             {accepted("connect s1 #1 @1000"), refused(0, "connect s2 #2 @1000"),
              refused(0, "connect s3 #3 @1000"), connected(0)},
             "l l/s3 1/0/0 0 -- 1/1/0/0/+2 0/0"},
        Case{"static_rr_avoids",
             listen("    balance static-rr\n    option redispatch\n",
                    "    server s1 127.0.0.1:9001 weight 5\n    server s2 127.0.0.1:9002\n"),
             {accepted("connect s1 #1 @1000"), refused(0, "connect s2 #2 @1000"), connected(0)},
             "l l/s2 1/0/0 0 -- 1/1/0/0/+1 0/0"},
        Case{"redispatch_of_a_single_server_waits",
             listen("    balance roundrobin\n    option redispatch\n    retries 1\n"),
             {accepted("connect s1 #1 @1000"), refused(0, "retry @1000"),
              deadline(1000, "connect s1 #2 @2000"), refused(1000, "close")},
             "l l/s1 1001/-1/1000 0 SC 1/1/0/0/1 0/0"},
        Case{"no_retries",
             listen("    retries 0\n"),
             {accepted("connect s1 #1 @1000"), refused(0, "close")},
             "l l/s1 1/-1/0 0 SC 1/1/0/0/0 0/0"},
        Case{"no_local_port",
             listen("    retries 1\n"),
             {accepted("connect s1 #1 @1000"), impossible(0, "connect s1 #2 @1000"), impossible(0, "close")},
             "l l/s1 1/-1/0 0 SC 1/1/0/0/1 0/0"},
        Case{"the_connect_time_counts_from_the_choice",
             listen(""),
             {accepted("connect s1 #1 @1000"), refused(0, "retry @1000"),
              deadline(1000, "connect s1 #2 @2000"), connected(1004)},
             "l l/s1 1/1004/1004 0 -- 1/1/0/0/1 0/0"},
        Case{"no_usable_server",
             listen("", "    server s1 127.0.0.1:9001 disabled\n"),
             {accepted("close")},
             "l l/<NOSRV> -1/-1/0 0 SC 1/1/0/0/0 0/0"},
        Case{"no_server", listen("", ""), {accepted("close")}, "l l/<NOSRV> -1/-1/0 0 SC 1/1/0/0/0 0/0"},
        Case{"weightless_server",
             listen("", "    server s1 127.0.0.1:9001 weight 0\n"),
             {accepted("close")},
             "l l/<NOSRV> -1/-1/0 0 SC 1/1/0/0/0 0/0"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    ClientLeaves, Connect,
    testing::Values(
        Case{"fin_while_connecting",
             listen(""),
             {accepted("connect s1 #1 @1000"), fin(100, "", "close")},
             "l l/s1 1/-1/100 0 CC 1/1/0/0/0 0/0"},
        Case{"data_and_fin_go_on",
             listen("    retries 0\n    timeout client 500ms\n"),
             {accepted("connect s1 #1 @1000"), fin(100, "abc", "connect s1 #1 @1000"),
              deadline(1000, "close")},
             "l l/s1 1/-1/1000 0 sC 1/1/0/0/0 0/0"},
        Case{"fin_in_the_pause",
             listen("    retries 1\n"),
             {accepted("connect s1 #1 @1000"), refused(0, "retry @1000"), fin(300, "", "close")},
             "l l/s1 1/-1/300 0 CC 1/1/0/0/1 0/0"},
        Case{"data_and_fin_in_the_pause_go_on",
             listen("    retries 1\n"),
             {accepted("connect s1 #1 @1000"), refused(0, "retry @1000"), fin(300, "abc", "retry @1000"),
              deadline(1000, "connect s1 #2 @2000"), refused(1000, "close")},
             "l l/s1 1/-1/1000 0 SC 1/1/0/0/1 0/0"},
        Case{"reset_while_connecting",
             listen(""),
             {accepted("connect s1 #1 @1000"), reset(300, "close")},
             "l l/s1 1/-1/300 0 CD 1/1/0/0/0 0/0"},
        Case{"reset_in_the_pause",
             listen(""),
             {accepted("connect s1 #1 @1000"), refused(0, "retry @1000"), reset(301, "close")},
             "l l/s1 1/-1/301 0 CD 1/1/0/0/1 0/0"},
        Case{"ended_before_the_first_attempt",
             listen("    retries 0\n"),
             {accepted_and_ended("connect s1 #1 @1000"), deadline(1000, "close")},
             "l l/s1 1/-1/1000 0 sC 1/1/0/0/0 0/0"},
        Case{"ended_before_and_refused",
             listen("    retries 1\n"),
             {accepted_and_ended("connect s1 #1 @1000"), refused(0, "close")},
             "l l/s1 1/-1/0 0 -- 1/1/0/0/1 0/0"},
        Case{"ended_before_and_served_by_another",
             listen("    balance roundrobin\n    option redispatch\n", two),
             {accepted_and_ended("connect s1 #1 @1000"), refused(0, "connect s2 #2 @1000"), connected(0)},
             "l l/s2 1/0/0 0 -- 1/1/0/0/+1 0/0"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    ClientTimeout, Connect,
    testing::Values(Case{"names_the_end_of_an_attempt",
                         listen("    retries 0\n    timeout client 500ms\n"),
                         {accepted("connect s1 #1 @1000"), deadline(1000, "close")},
                         "l l/s1 1/-1/1000 0 cC 1/1/0/0/0 0/0"},
                    Case{"does_not_end_attempts",
                         listen("    retries 2\n    timeout client 500ms\n    timeout connect 300ms\n"),
                         {accepted("connect s1 #1 @300"), deadline(300, "connect s1 #2 @600"),
                          deadline(600, "connect s1 #3 @900"), deadline(900, "close")},
                         "l l/s1 1/-1/900 0 cC 1/1/0/0/2 0/0"},
                    Case{"on_a_tie_the_server_is_named",
                         listen("    retries 0\n    timeout client 1s\n"),
                         {accepted("connect s1 #1 @1000"), deadline(1000, "close")},
                         "l l/s1 1/-1/1000 0 sC 1/1/0/0/0 0/0"},
                    Case{"ends_a_pause",
                         listen("    timeout client 500ms\n"),
                         {accepted("connect s1 #1 @1000"), refused(0, "retry @500"), deadline(500, "close")},
                         "l l/s1 1/-1/500 0 cC 1/1/0/0/1 0/0"},
                    Case{"keeps_another_pause_from_beginning",
                         listen("    timeout client 1s\n"),
                         {accepted("connect s1 #1 @1000"), refused(0, "retry @1000"),
                          deadline(1000, "connect s1 #2 @2000"), refused(1001, "close")},
                         "l l/s1 1/-1/1001 0 cC 1/1/0/0/2 0/0"},
                    Case{"rests_while_bytes_wait_for_the_server",
                         listen("    retries 0\n    timeout client 500ms\n"),
                         {accepted("connect s1 #1 @1000"), input(300, "abc", "connect s1 #1 @1000"),
                          deadline(1000, "close")},
                         "l l/s1 1/-1/1000 0 sC 1/1/0/0/0 0/0"},
                    Case{"rests_during_pauses_then_too",
                         listen("    retries 1\n    timeout client 500ms\n"),
                         {accepted("connect s1 #1 @1000", "abc"), refused(0, "retry @1000"),
                          deadline(1000, "connect s1 #2 @2000"), refused(1000, "close")},
                         "l l/s1 1/-1/1000 0 SC 1/1/0/0/1 0/0"},
                    Case{"later_news_from_the_client_change_nothing",
                         listen("    retries 0\n    timeout client 500ms\n"),
                         {accepted("connect s1 #1 @1000"), input(600, "abc", "connect s1 #1 @1000"),
                          reset(700, "connect s1 #1 @1000"), deadline(1000, "close")},
                         "l l/s1 1/-1/1000 0 cC 1/1/0/0/0 0/0"}),
    name_of);

// The interval of the file reaches the machine: of four retries the second and the fourth choose anew.
TEST(Redispatch, HasTheIntervalOfTheFile) {
  Stage stage(listen("    balance source\n    option redispatch 2x ignored\n    retries 4\n", two));
  Client client(stage);
  std::string waits;
  std::int64_t now = 0;
  std::string step = client.step({.kind = EventKind::accepted, .at = Client::time(0)});
  for (int retry = 0; retry < 4; ++retry) {
    step = client.step({.kind = EventKind::connect_failed, .at = Client::time(now)});
    waits += step.starts_with("retry") ? "w" : "r";
    if (!step.starts_with("retry")) continue;
    now += 1000;
    step = client.step({.kind = EventKind::deadline, .at = Client::time(now)});
  }
  EXPECT_EQ(waits, "wrwr");
}

TEST(ClientTimeout, LetsALateServerSpeakButListensNoMore) {
  Stage stage(listen("    retries 0\n    timeout client 500ms\n    timeout connect 3s\n"));
  Client client(stage);
  client.play({accepted("connect s1 #1 @3000"), connected(1014)});
  EXPECT_TRUE(client.last().client_given_up);
  client.sent_to_client(5);
  client.finish(EndCause::done, 1015);
  EXPECT_EQ(client.log(), "l l/s1 1/1014/1015 5 cC 1/1/0/0/0 0/0");
}

// A server that fails its check while it is being retried is left even by a hash.
TEST(Redispatch, LeavesAServerThatIsDown) {
  Stage stage(listen("    balance source\n    option redispatch\n", two));
  Client client(stage);
  client.play({accepted("connect s2 #1 @1000")});
  stage.maintenance("s2", true);
  client.play({refused(0, "retry @1000"), deadline(1000, "connect s1 #2 @2000"), connected(1000)});
  client.finish(EndCause::done, 1000);
  EXPECT_EQ(client.log(), "l l/s1 1001/0/1000 0 -- 1/1/0/0/+1 0/0");
}

TEST(Redispatch, EndsWhenNoServerIsLeft) {
  Stage stage(listen("    balance roundrobin\n    option redispatch\n"));
  Client client(stage);
  client.play({accepted("connect s1 #1 @1000"), refused(0, "retry @1000")});
  stage.maintenance("s1", true);
  client.play({deadline(1000, "connect s1 #2 @2000"), refused(1000, "retry @2000"), deadline(2000, "close")});
  EXPECT_EQ(client.log(), "l l/<NOSRV> 1/-1/2000 0 SC 1/1/0/0/+2 0/0");
  client.leave();
  EXPECT_TRUE(stage.at_rest());
}

// Without weight a server takes no new sessions, but it is not down: the last retry leaves it, not the next
// one.
TEST(Redispatch, StaysWithAServerThatLostItsWeight) {
  Stage stage(listen("    balance roundrobin\n    option redispatch\n",
                     "    server s1 127.0.0.1:9001\n    server s2 127.0.0.1:9002 backup\n"));
  Client client(stage);
  client.play({accepted("connect s1 #1 @1000"), refused(0, "retry @1000")});
  stage.state().server(stage.server("s1")).weight = 0;
  stage.state().server_changed(stage.graph(), stage.server("s1"));
  client.play({deadline(1000, "connect s1 #2 @2000"), refused(1000, "retry @2000"),
               deadline(2000, "connect s1 #3 @3000"), refused(2000, "retry @3000"),
               deadline(3000, "connect s2 #4 @4000"), connected(3000)});
  client.finish(EndCause::done, 3001);
  EXPECT_EQ(client.log(), "l l/s2 3001/0/3001 0 -- 1/1/0/0/+3 0/0");
}

// Measured: a session counts for its server while it connects and is connected, not in a pause.
TEST(Counters, FollowTheSession) {
  Stage stage(listen("    balance roundrobin\n", two));
  State& state = stage.state();
  ServerState& server = state.server(stage.server("s1"));
  Client client(stage);
  EXPECT_EQ(state.connections, 1u);
  client.play({accepted("connect s1 #1 @1000")});
  EXPECT_EQ(server.served, 1u);
  client.play({refused(0, "retry @1000")});
  EXPECT_EQ(server.served, 0u);
  EXPECT_EQ(state.proxy(0).backend_connections, 1u);
  client.play({deadline(1000, "connect s1 #2 @2000"), connected(1000)});
  EXPECT_EQ(server.served, 1u);
  EXPECT_EQ(server.total, 2u);
  client.finish(EndCause::done, 1500);
  client.finish(EndCause::server_reset, 1600);
  EXPECT_EQ(server.served, 0u);
  EXPECT_EQ(state.proxy(0).backend_connections, 0u);
  EXPECT_EQ(state.proxy(0).frontend_connections, 1u);
  EXPECT_EQ(client.log(), "l l/s1 1/1000/1500 0 -- 1/1/0/0/1 0/0");
  client.leave();
  EXPECT_TRUE(stage.at_rest());
}

TEST(Counters, AreGivenBackByADestroyedSession) {
  Stage stage(listen(""));
  {
    Client client(stage);
    client.play({accepted("connect s1 #1 @1000"), connected(1)});
    EXPECT_FALSE(stage.at_rest());
  }
  EXPECT_TRUE(stage.at_rest());
}

TEST(LeastConn, SeesTheSessionsOfOthers) {
  Stage stage(listen("    balance leastconn\n", two));
  Client first(stage), second(stage), third(stage);
  first.play({accepted("connect s1 #1 @1000"), connected(0)});
  second.play({accepted("connect s2 #1 @1000"), connected(0)});
  second.leave();
  third.play({accepted("connect s2 #1 @1000")});
}

}  // namespace
}  // namespace shunt::route
