// When content rules wait and when they decide: the measured table of waiting rules.
#include <gtest/gtest.h>

#include <algorithm>

#include "play.hpp"

namespace shunt::route {
namespace {

struct Case {
  std::string name;
  std::string rules;
  std::vector<Move> moves;
  std::string log;
};

// Without server data the log line is that of a connection which ends at once; a rejected one has its own.
class Inspect : public testing::TestWithParam<Case> {};

TEST_P(Inspect, DecidesWhenMeasured) {
  Stage stage(one_server + GetParam().rules);
  Client client(stage);
  client.play(GetParam().moves);
  if (client.last().kind == Step::Kind::relay) client.finish(EndCause::done, GetParam().moves.back().at);
  EXPECT_EQ(client.log(), GetParam().log);
  client.leave();
  EXPECT_TRUE(stage.at_rest());
}

// The rule rejects, so a match is a closed session.
std::string reject_if(const std::string& condition, const std::string& delay = "700ms") {
  return "    tcp-request inspect-delay " + delay + "\n    tcp-request content reject if " + condition + "\n";
}
const std::string rejected = "l l/<NOSRV> -1/-1/0 0 PR 1/1/0/0/0 0/0";
const std::string served = "l l/s 1/0/0 0 -- 1/1/0/0/0 0/0";

INSTANTIATE_TEST_SUITE_P(
    Table62, Inspect,
    testing::Values(
        Case{"in_pieces",
             reject_if("{ req.len ge 5 }"),
             {accepted("input @700", "abc"), input(201, "abcdef", "close")},
             "l l/<NOSRV> -1/-1/201 0 PR 1/1/0/0/0 0/0"},
        Case{"too_short_until_the_end",
             reject_if("{ req.len ge 5 }"),
             {accepted("input @700", "abc"), deadline(700, "connect s #1 @1700"), connected(700)},
             "l l/s 701/0/700 0 -- 1/1/0/0/0 0/0"},
        Case{"short_and_ended",
             reject_if("{ req.len ge 5 }"),
             {accepted_and_ended("connect s #1 @1000", "abc"), connected(0)},
             served},
        Case{"only_ended",
             reject_if("{ req.len ge 5 }"),
             {accepted_and_ended("connect s #1 @1000"), connected(0)},
             served},
        Case{"full",
             reject_if("{ req.len ge 15360 }"),
             {accepted("close", std::string(15360, 'x'))},
             rejected},
        Case{"full_and_never_more",
             reject_if("{ req.len gt 15360 }"),
             {accepted("connect s #1 @1000", std::string(20000, 'x')), connected(0)},
             served},
        Case{"almost_full",
             reject_if("{ req.len gt 15360 }"),
             {accepted("input @700", std::string(15359, 'x')),
              input(5, std::string(15360, 'x'), "connect s #1 @1005"), connected(5)},
             "l l/s 6/0/5 0 -- 1/1/0/0/0 0/0"},
        Case{"less_is_true_at_once", reject_if("{ req.len lt 5 }"), {accepted("close", "abc")}, rejected},
        Case{"less_waits_though_it_cannot_become_true",
             reject_if("{ req.len lt 5 }"),
             {accepted("input @700", "abcdefg"), deadline(700, "connect s #1 @1700"), connected(700)},
             "l l/s 701/0/700 0 -- 1/1/0/0/0 0/0"},
        Case{"negated_waits",
             reject_if("!{ req.len ge 5 }"),
             {accepted("input @700", "abc"), deadline(700, "close")},
             "l l/<NOSRV> -1/-1/700 0 PR 1/1/0/0/0 0/0"},
        Case{"negated_decides",
             reject_if("!{ req.len ge 5 }"),
             {accepted("connect s #1 @1000", "abcdefg"), connected(0)},
             served},
        Case{"without_delay",
             "    tcp-request content reject if { req.len ge 5 }\n",
             {accepted("connect s #1 @1000", "abc"), connected(0)},
             served},
        Case{"without_delay_and_bytes",
             "    tcp-request content reject if { req.len ge 5 }\n",
             {accepted("connect s #1 @1000"), connected(0)},
             served},
        Case{"unknown_before_false_waits",
             reject_if("{ req.len ge 5 } { src 9.9.9.9 }", "600ms"),
             {accepted("input @600", "abc"), deadline(600, "connect s #1 @1600"), connected(600)},
             "l l/s 601/0/600 0 -- 1/1/0/0/0 0/0"},
        Case{"false_before_unknown_decides",
             reject_if("{ src 9.9.9.9 } { req.len ge 5 }", "600ms"),
             {accepted("connect s #1 @1000", "abc"), connected(0)},
             served},
        Case{"or_goes_past_unknown",
             reject_if("{ req.len ge 5 } or { src 127.0.0.1 }"),
             {accepted("close", "abc")},
             rejected},
        Case{"or_stops_at_true",
             reject_if("{ src 127.0.0.1 } or { req.len ge 5 }"),
             {accepted("close", "abc")},
             rejected},
        Case{"unless_waits",
             "    tcp-request inspect-delay 600ms\n    tcp-request content reject unless { req.len ge 5 }\n",
             {accepted("input @600", "abc"), deadline(600, "close")},
             "l l/<NOSRV> -1/-1/600 0 PR 1/1/0/0/0 0/0"},
        Case{"wait_end_waits",
             reject_if("WAIT_END"),
             {accepted("input @700", "abc"), deadline(700, "close")},
             "l l/<NOSRV> -1/-1/700 0 PR 1/1/0/0/0 0/0"},
        Case{"wait_end_at_the_end_of_input",
             reject_if("WAIT_END"),
             {accepted_and_ended("close", "abc")},
             rejected},
        Case{"wait_end_with_a_full_buffer",
             reject_if("WAIT_END"),
             {accepted("close", std::string(15360, 'x'))},
             rejected},
        Case{"fin_ends_the_wait",
             reject_if("{ req.len ge 5 }", "2s"),
             {accepted("input @2000"), fin(300, "", "connect s #1 @1300"), connected(300)},
             "l l/s 301/0/300 0 -- 1/1/0/0/0 0/0"}),
    [](const testing::TestParamInfo<Case>& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Limits, Inspect,
    testing::Values(
        Case{"delay_without_content_rule",
             "    tcp-request inspect-delay 700ms\n",
             {accepted("connect s #1 @1000", "abc"), connected(0)},
             served},
        Case{"data_do_not_restart_the_delay",
             reject_if("{ req.len ge 50 }"),
             {accepted("input @700"), input(300, "a", "input @700"), input(600, "ab", "input @700"),
              deadline(700, "connect s #1 @1700"), connected(700)},
             "l l/s 701/0/700 0 -- 1/1/0/0/0 0/0"},
        Case{"client_timeout",
             "    timeout client 400ms\n" + reject_if("{ req.len ge 5 }"),
             {accepted("input @400"), deadline(400, "close")},
             "l l/<NOSRV> -1/-1/400 0 cR 1/1/0/0/0 0/0"},
        Case{"bytes_restart_the_client_timeout",
             "    timeout client 500ms\n" + reject_if("{ req.len ge 5 }", "2s"),
             {accepted("input @500"), input(300, "abc", "input @800"), deadline(800, "close")},
             "l l/<NOSRV> -1/-1/800 0 cR 1/1/0/0/0 0/0"},
        Case{"a_tie_is_the_client_timeout",
             "    timeout client 700ms\n" + reject_if("{ req.len ge 5 }"),
             {accepted("input @700"), deadline(700, "close")},
             "l l/<NOSRV> -1/-1/700 0 cR 1/1/0/0/0 0/0"},
        Case{"reset",
             reject_if("{ req.len ge 5 }"),
             {accepted("input @700", "abc"), reset(301, "close")},
             "l l/<NOSRV> -1/-1/301 0 CR 1/1/0/0/0 0/0"},
        Case{"accept_ends_the_list",
             "    tcp-request content accept\n    tcp-request content reject\n",
             {accepted("connect s #1 @1000"), connected(0)},
             served},
        Case{"rules_behind_an_unknown_one_wait",
             "    tcp-request inspect-delay 700ms\n    tcp-request content accept if { req.len ge 5 }\n"
             "    tcp-request content reject\n",
             {accepted("input @700", "abc"), input(100, "abcde", "connect s #1 @1100"), connected(100)},
             "l l/s 101/0/100 0 -- 1/1/0/0/0 0/0"}),
    [](const testing::TestParamInfo<Case>& row) { return row.param.name; });

const std::string counting = R"(
    log-format "%[var(txn.n)] %[var(sess.last)]"
    tcp-request inspect-delay 500ms
    tcp-request content set-var(txn.n) int(0) unless { var(txn.n) -m found }
    tcp-request content set-var(txn.n) var(txn.n),add(1)
    tcp-request content accept if { req.len ge 4 }
    tcp-request content set-var(sess.last) str(final)
)";

TEST(Counting, RunsPassedActionsAgainAtEachWakeUp) {  // vector 6c
  Stage stage(one_server + counting);
  Client client(stage);
  client.play({accepted("input @500", "a"), input(100, "ab", "input @500"),
               input(200, "abcd", "connect s #1 @1200")});
  EXPECT_EQ(client.formatted(), "3 -");
}

TEST(Counting, RunsThemTwiceForASilentClient) {
  Stage stage(one_server + counting);
  Client client(stage);
  client.play({accepted("input @500"), deadline(500, "connect s #1 @1500")});
  EXPECT_EQ(client.formatted(), "2 final");
}

// The delay of the backend begins when the frontend's is over: vector 6d.
TEST(TwoDelays, AddUp) {
  Stage stage(R"(
defaults
    mode tcp
    timeout connect 1s
    timeout client 5s
    timeout server 5s
frontend fe
    bind 127.0.0.1:8000
    tcp-request inspect-delay 400ms
    tcp-request content accept if { req.len ge 100 }
    default_backend be
backend be
    tcp-request inspect-delay 500ms
    tcp-request content reject if { req.len ge 10 }
    server s 127.0.0.1:9000
)");
  Client slow(stage);
  slow.play({accepted("input @400"), deadline(400, "input @900"), deadline(900, "connect s #1 @1900"),
             connected(902)});
  slow.finish(EndCause::done, 902);
  EXPECT_EQ(slow.log(), "fe be/s 901/2/902 0 -- 1/1/0/0/0 0/0");
  slow.leave();
  Client refused(stage);
  refused.play(
      {accepted("input @400"), deadline(400, "input @900"), input(600, std::string(10, 'x'), "close")});
  EXPECT_EQ(refused.log(), "fe be/<NOSRV> -1/-1/600 0 PR 1/1/0/0/0 0/0");
  refused.leave();
  Client quick(stage);
  quick.play({accepted("close", std::string(100, 'x'))});
  EXPECT_EQ(quick.log(), "fe be/<NOSRV> -1/-1/0 0 PR 1/1/0/0/0 0/0");
  quick.leave();
  EXPECT_TRUE(stage.at_rest());
}

struct GoneCase {
  std::string name, frontend, backend, log;
};
class GoneClient : public testing::TestWithParam<GoneCase> {};

std::string two_proxies(const std::string& frontend, const std::string& backend) {
  return R"(
defaults
    mode tcp
    timeout connect 1s
    timeout client 500ms
    timeout server 5s
frontend fe
    bind 127.0.0.1:8000
)" + frontend +
         R"(
backend be
    server s 127.0.0.1:9000
)" + backend +
         R"(
backend b2
    server t 127.0.0.1:9001
)";
}

// Rules go on to their end, finally; the letters are the client's unless a rule rejects.
TEST_P(GoneClient, StillPassesAllRules) {
  for (const bool by_reset : {true, false}) {
    Stage stage(two_proxies(GetParam().frontend, GetParam().backend));
    Client client(stage);
    client.play({accepted("input @500", "abc"), by_reset ? reset(500, "close") : deadline(500, "close")});
    std::string expected = GetParam().log;
    if (by_reset) std::ranges::replace(expected, 'c', 'C');
    EXPECT_EQ(client.log(), expected);
    client.leave();
    EXPECT_TRUE(stage.at_rest());
  }
}

const std::string waits =
    "    tcp-request inspect-delay 2s\n    tcp-request content accept if { req.len ge 5 }\n";
const std::string refuses =
    "    tcp-request inspect-delay 2s\n    tcp-request content reject if !{ req.len ge 5 }\n";
const std::string to_be = "    default_backend be\n";
INSTANTIATE_TEST_SUITE_P(
    Measured, GoneClient,
    testing::Values(
        GoneCase{"rejected", refuses + to_be, "", "fe fe/<NOSRV> -1/-1/500 0 PR 1/1/0/0/0 0/0"},
        GoneCase{"default_backend", waits + to_be, "", "fe be/<NOSRV> -1/-1/500 0 cR 1/1/0/0/0 0/0"},
        GoneCase{"use_backend", waits + "    use_backend b2 if { req.len ge 2 }\n" + to_be, "",
                 "fe b2/<NOSRV> -1/-1/500 0 cR 1/1/0/0/0 0/0"},
        GoneCase{"no_backend", waits, "", "fe fe/<NOSRV> -1/-1/500 0 cR 1/1/0/0/0 0/0"},
        GoneCase{"rejected_by_the_backend", waits + to_be, refuses,
                 "fe be/<NOSRV> -1/-1/500 0 PR 1/1/0/0/0 0/0"},
        GoneCase{"while_the_backend_waits", to_be, refuses, "fe be/<NOSRV> -1/-1/500 0 PR 1/1/0/0/0 0/0"}),
    [](const testing::TestParamInfo<GoneCase>& row) { return row.param.name; });

// set-var takes what is there; it neither waits nor forgets what the variable held.
TEST(SetVar, DoesNotWaitForItsExpression) {
  Stage stage(one_server + R"(
    log-format "%[var(txn.a)] %[var(txn.b)]"
    tcp-request inspect-delay 500ms
    tcp-request content set-var(txn.a) str(x)
    tcp-request content set-var(txn.a) req.payload(0,50)
    tcp-request content set-var(txn.b) str(y)
    tcp-request content unset-var(txn.b)
    tcp-request content accept
)");
  Client client(stage);
  client.play({accepted("connect s #1 @1000", "abc")});
  EXPECT_EQ(client.formatted(), "x -");
}

}  // namespace
}  // namespace shunt::route
