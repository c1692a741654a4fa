// The end of a session and its log line: termination letters, timers, counters, and what is not logged.
#include <gtest/gtest.h>

#include "play.hpp"

namespace shunt::route {
namespace {

struct Case {
  std::string name;
  EndCause cause;
  std::int64_t at;
  std::uint64_t bytes;
  std::string log;
};
class RelayEnd : public testing::TestWithParam<Case> {};

TEST_P(RelayEnd, IsNamed) {  // vectors 7a
  Stage stage(one_server);
  Client client(stage);
  client.play({accepted("connect s #1 @1000"), connected(0)});
  client.sent_to_client(GetParam().bytes);
  client.finish(GetParam().cause, GetParam().at);
  EXPECT_EQ(client.log(), GetParam().log);
}

INSTANTIATE_TEST_SUITE_P(
    Vector7a, RelayEnd,
    testing::Values(Case{"norm", EndCause::done, 0, 5, "l l/s 1/0/0 5 -- 1/1/0/0/0 0/0"},
                    Case{"cto", EndCause::client_timeout, 502, 0, "l l/s 1/0/502 0 cD 1/1/0/0/0 0/0"},
                    Case{"sto", EndCause::server_timeout, 501, 0, "l l/s 1/0/501 0 sD 1/1/0/0/0 0/0"},
                    Case{"rsta", EndCause::server_reset, 100, 10, "l l/s 1/0/100 10 SD 1/1/0/0/0 0/0"},
                    Case{"rstc", EndCause::client_reset, 100, 10, "l l/s 1/0/100 10 CD 1/1/0/0/0 0/0"},
                    Case{"stopped", EndCause::stopped, 100, 10, "l l/s 1/0/100 10 KC 1/1/0/0/0 0/0"}),
    [](const testing::TestParamInfo<Case>& row) { return row.param.name; });

TEST(Log, FirstCauseWins) {
  Stage stage(one_server);
  Client client(stage);
  client.play({accepted("connect s #1 @1000"), connected(0)});
  client.finish(EndCause::server_reset, 100);
  client.finish(EndCause::client_timeout, 900);
  EXPECT_EQ(client.log(), "l l/s 1/0/100 0 SD 1/1/0/0/0 0/0");
}

TEST(Log, CountsTheOtherSessions) {
  Stage stage(one_server);
  Client other(stage), client(stage);
  other.play({accepted("connect s #1 @1000"), connected(0)});
  client.play({accepted("connect s #1 @1000"), connected(0)});
  client.finish(EndCause::done, 3);
  EXPECT_EQ(client.log(), "l l/s 1/0/3 0 -- 2/2/1/1/0 0/0");
}

TEST(Log, AsSoonAsPossibleCountsTheSessionItself) {
  Stage stage(one_server + "    option logasap\n    option dontlognull\n");
  Client client(stage);
  client.play({accepted("connect s #1 @1000"), connected(0)});
  EXPECT_EQ(client.log(0), "l l/s 1/0/+0 +0 -- 1/1/1/1/0 0/0");
}

TEST(Log, NumbersTheRequests) {
  Stage stage(one_server);
  Client first(stage), second(stage);
  first.play({accepted("connect s #1 @1000")});
  second.play({accepted("connect s #1 @1000")});
  fetchers::LogRecord record;
  second.session().fill(record, Client::time(0));
  EXPECT_EQ(record.request_counter, 1u);  // the first one is 0
  EXPECT_EQ(record.server.port, 9000);
}

TEST(DontLogNull, LeavesOutClientsThatSentNothing) {
  Stage stage(one_server + "    option dontlognull\n    retries 0\n");
  Client silent(stage);
  silent.play({accepted("connect s #1 @1000"), connected(0)});
  silent.sent_to_client(100);
  silent.finish(EndCause::done, 3);
  EXPECT_EQ(silent.log(), "");
  Client unlucky(stage);
  unlucky.play({accepted("connect s #1 @1000"), refused(0, "close")});
  EXPECT_EQ(unlucky.log(), "");
  Client early(stage);
  early.play({accepted("connect s #1 @1000", "abc"), refused(0, "close")});
  EXPECT_EQ(early.log(), "l l/s 1/-1/0 0 SC 3/3/0/0/0 0/0");
  Client late(stage);
  late.play({accepted("connect s #1 @1000"), connected(0)});
  late.sent_to_server(1);
  late.finish(EndCause::done, 3);
  EXPECT_EQ(late.log(), "l l/s 1/0/3 0 -- 4/4/0/0/0 0/0");
}

TEST(DontLogNormal, KeepsErrorsAndRetries) {
  Stage stage(one_server + "    option dontlog-normal\n");
  Client normal(stage);
  normal.play({accepted("connect s #1 @1000"), connected(0)});
  normal.finish(EndCause::done, 3);
  EXPECT_EQ(normal.log(), "");
  normal.leave();
  Client retried(stage);
  retried.play({accepted("connect s #1 @1000"), refused(0, "retry @1000"),
                deadline(1000, "connect s #2 @2000"), connected(1000)});
  retried.finish(EndCause::done, 1003);
  EXPECT_EQ(retried.log(), "l l/s 1/1000/1003 0 -- 1/1/0/0/1 0/0");
  retried.leave();
  Client broken(stage);
  broken.play({accepted("connect s #1 @1000"), connected(0)});
  broken.finish(EndCause::server_reset, 3);
  EXPECT_EQ(broken.log(), "l l/s 1/0/3 0 SD 1/1/0/0/0 0/0");
}

TEST(Log, StoppingTheProcessEndsEveryPhase) {
  Stage stage(one_server +
              "    tcp-request inspect-delay 1s\n    tcp-request content accept if { req.len ge 3 }\n");
  Client waiting(stage);
  waiting.play({accepted("input @1000")});
  waiting.finish(EndCause::stopped, 7);
  EXPECT_EQ(waiting.log(), "l l/<NOSRV> -1/-1/7 0 KR 1/1/0/0/0 0/0");
  EXPECT_EQ(waiting.step({.kind = EventKind::input, .at = Client::time(8)}), "close");
  waiting.leave();
  Client connecting(stage);
  connecting.play({accepted("connect s #1 @1000", "abc")});
  connecting.finish(EndCause::stopped, 7);
  EXPECT_EQ(connecting.log(), "l l/s 1/-1/7 0 KC 1/1/0/0/0 0/0");
  connecting.leave();
  Client fresh(stage);
  fresh.finish(EndCause::stopped, 7);
  EXPECT_EQ(fresh.log(), "");
}

TEST(Session, IsSmall) { EXPECT_LE(sizeof(Session), 320u); }

}  // namespace
}  // namespace shunt::route
